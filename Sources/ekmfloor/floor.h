#pragma once
/* The least that a local encryption service can cost: a bare C server which takes and gives frames of ekmd's sizes. */
#include <openssl/evp.h>
#include <stddef.h>
#include <stdint.h>

enum {
    /* Of a frame, as WireProtocol.md has it: length, operation, flags, id; and in an answer status and seconds left. */
    length_size = 4, request_size = 12, answer_size = 18,
    operation_hello = 1, operation_ping = 2, operation_encrypt = 3, operation_decrypt = 4, operation_data_key = 5,
    /* Of job data's envelope, as CiphertextFormat.md has it. */
    header_size = 126, nonce_size = 24, commitment_size = 32, tag_size = 16,
    lead_size = header_size + nonce_size + commitment_size, overhead = lead_size + tag_size,
    /* Of a lent data key: its header, its nonce, the wrapped key and its tag. */
    lent_header_size = 54, key_size = 32, lent_size = lent_header_size + nonce_size + key_size + tag_size,
};

/* Ends the process, and says why. */
void floor_fail(const char *what) __attribute__((noreturn));

/* One way to seal. Each writes a whole envelope, and is given the room for it. */
struct sealer {
    void (*seal)(unsigned char *envelope, const unsigned char *plaintext, int size);
    void (*open)(unsigned char *plaintext, const unsigned char *envelope, int size);
    /* `lent_size` bytes, then the bare key. */
    void (*lend)(unsigned char *lent);
};

/* AES-256-GCM under one key whose schedule is kept: the nonce counts, nothing is derived. */
struct sealer plain_sealer(void);
/* What ekmd's suite 1 does, in OpenSSL's usual calls: XAES-256-GCM and a commitment by HMAC-SHA-256. */
struct sealer suite_sealer(void);

/* Fresh random bytes, fetched from the kernel many at a time. */
const unsigned char *floor_fresh(size_t size);

/* GCM over a whole message, its tag behind it. `key` null keeps the context's. */
void gcm_seal(EVP_CIPHER_CTX *context, const unsigned char *key, const unsigned char *nonce, const unsigned char *data, int data_size,
              unsigned char *out, const unsigned char *in, int size);
void gcm_open(EVP_CIPHER_CTX *context, const unsigned char *key, const unsigned char *nonce, const unsigned char *data, int data_size,
              unsigned char *out, const unsigned char *in, int size);
EVP_CIPHER_CTX *gcm_context(int sealing, const unsigned char *key);

/* Serves a Unix socket until the process is killed. */
void floor_serve(const char *path, struct sealer sealer) __attribute__((noreturn));
