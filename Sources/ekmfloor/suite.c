#include "floor.h"
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <string.h>

static EVP_CIPHER_CTX *blocks, *sealing, *opening;
static EVP_MAC_CTX *mac;
static unsigned char subkey[16], header[header_size];

/* C2SP XAES-256-GCM: two blocks of AES-CMAC in counter mode, from the first half of the nonce. */
static void derive(unsigned char *key, const unsigned char *nonce) {
    unsigned char input[32];
    int written;
    for (int block = 0; block < 2; block++) {
        unsigned char message[16] = {0, (unsigned char)(block + 1), 'X', 0};
        memcpy(message + 4, nonce, 12);
        for (int i = 0; i < 16; i++) input[16 * block + i] = message[i] ^ subkey[i];
    }
    if (!EVP_EncryptUpdate(blocks, key, &written, input, sizeof input)) floor_fail("derive");
}

static void commit(unsigned char *commitment, const unsigned char *nonce, const unsigned char *data, size_t size) {
    size_t written;
    if (!EVP_MAC_init(mac, NULL, 0, NULL) || !EVP_MAC_update(mac, nonce, nonce_size) || !EVP_MAC_update(mac, data, size) ||
        !EVP_MAC_final(mac, commitment, &written, commitment_size))
        floor_fail("commit");
}

static void seal(unsigned char *envelope, const unsigned char *plaintext, int size) {
    unsigned char key[key_size], *nonce = envelope + header_size;
    memcpy(envelope, header, header_size);
    memcpy(nonce, floor_fresh(nonce_size), nonce_size);
    derive(key, nonce);
    commit(nonce + nonce_size, nonce, envelope, header_size);
    gcm_seal(sealing, key, nonce + 12, envelope, header_size, envelope + lead_size, plaintext, size);
}

static void open_envelope(unsigned char *plaintext, const unsigned char *envelope, int size) {
    unsigned char key[key_size], commitment[commitment_size];
    const unsigned char *nonce = envelope + header_size;
    commit(commitment, nonce, envelope, header_size);
    if (CRYPTO_memcmp(commitment, nonce + nonce_size, commitment_size) != 0) floor_fail("open: the commitment is another");
    derive(key, nonce);
    gcm_open(opening, key, nonce + 12, envelope, header_size, plaintext, envelope + lead_size, size);
}

static void lend(unsigned char *lent) {
    unsigned char key[key_size], *nonce = lent + lent_header_size, *bare = lent + lent_size;
    memcpy(lent, header, lent_header_size);
    memcpy(nonce, floor_fresh(nonce_size), nonce_size);
    memcpy(bare, floor_fresh(key_size), key_size);
    derive(key, nonce);
    gcm_seal(sealing, key, nonce + 12, lent, lent_header_size, nonce + nonce_size, bare, key_size);
}

struct sealer suite_sealer(void) {
    unsigned char key[key_size], zero[16] = {0};
    int written;
    memcpy(key, floor_fresh(key_size), key_size);
    blocks = EVP_CIPHER_CTX_new();
    if (!EVP_EncryptInit_ex2(blocks, EVP_CIPHER_fetch(NULL, "AES-256-ECB", NULL), key, NULL, NULL)) floor_fail("AES-256-ECB");
    EVP_CIPHER_CTX_set_padding(blocks, 0);
    if (!EVP_EncryptUpdate(blocks, subkey, &written, zero, sizeof zero)) floor_fail("AES-256-ECB");
    int carry = subkey[0] >> 7;
    for (int i = 0; i < 16; i++) subkey[i] = (unsigned char)(subkey[i] << 1 | (i < 15 ? subkey[i + 1] >> 7 : 0));
    if (carry) subkey[15] ^= 0x87;
    mac = EVP_MAC_CTX_new(EVP_MAC_fetch(NULL, "HMAC", NULL));
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA256", 0), OSSL_PARAM_construct_end()};
    if (!mac || !EVP_MAC_init(mac, floor_fresh(key_size), key_size, parameters)) floor_fail("HMAC-SHA-256");
    sealing = gcm_context(1, key);
    opening = gcm_context(0, key);
    return (struct sealer){seal, open_envelope, lend};
}
