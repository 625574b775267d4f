#include "floor.h"
#include <string.h>
#include <sys/random.h>

const unsigned char *floor_fresh(size_t size) {
    static unsigned char pool[6144];
    static size_t next = sizeof pool;
    if (sizeof pool - next < size) {
        for (size_t have = 0; have < sizeof pool;) {
            ssize_t got = getrandom(pool + have, sizeof pool - have, 0);
            if (got < 0) floor_fail("getrandom");
            have += (size_t)got;
        }
        next = 0;
    }
    next += size;
    return pool + next - size;
}

EVP_CIPHER_CTX *gcm_context(int sealing, const unsigned char *key) {
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    if (!context || !cipher || !EVP_CipherInit_ex2(context, cipher, key, NULL, sealing, NULL)) floor_fail("AES-256-GCM");
    return context;
}

void gcm_seal(EVP_CIPHER_CTX *context, const unsigned char *key, const unsigned char *nonce, const unsigned char *data, int data_size,
              unsigned char *out, const unsigned char *in, int size) {
    int written;
    if (!EVP_EncryptInit_ex2(context, NULL, key, nonce, NULL) ||
        (data_size && !EVP_EncryptUpdate(context, NULL, &written, data, data_size)) ||
        !EVP_EncryptUpdate(context, out, &written, in, size) || !EVP_EncryptFinal_ex(context, out + written, &written) ||
        !EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, tag_size, out + size))
        floor_fail("seal");
}

void gcm_open(EVP_CIPHER_CTX *context, const unsigned char *key, const unsigned char *nonce, const unsigned char *data, int data_size,
              unsigned char *out, const unsigned char *in, int size) {
    int written;
    if (!EVP_DecryptInit_ex2(context, NULL, key, nonce, NULL) ||
        (data_size && !EVP_DecryptUpdate(context, NULL, &written, data, data_size)) ||
        !EVP_DecryptUpdate(context, out, &written, in, size) ||
        !EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, tag_size, (void *)(in + size)) ||
        EVP_DecryptFinal_ex(context, out + written, &written) <= 0)
        floor_fail("open: the ciphertext is not what was sealed");
}
