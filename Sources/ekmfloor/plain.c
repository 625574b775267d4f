#include "floor.h"
#include <string.h>

static EVP_CIPHER_CTX *sealing, *opening;
static unsigned char counter[12];

static const unsigned char *next_nonce(void) {
    for (int i = 0; i < 12 && !++counter[i]; i++) {}
    return counter;
}

static void seal(unsigned char *envelope, const unsigned char *plaintext, int size) {
    const unsigned char *nonce = next_nonce();
    memset(envelope, 0, lead_size);
    memcpy(envelope + header_size, nonce, sizeof counter);
    gcm_seal(sealing, NULL, nonce, NULL, 0, envelope + lead_size, plaintext, size);
}

static void open_envelope(unsigned char *plaintext, const unsigned char *envelope, int size) {
    gcm_open(opening, NULL, envelope + header_size, NULL, 0, plaintext, envelope + lead_size, size);
}

static void lend(unsigned char *lent) {
    const unsigned char *key = floor_fresh(key_size), *nonce = next_nonce();
    memset(lent, 0, lent_header_size + nonce_size);
    memcpy(lent + lent_header_size, nonce, sizeof counter);
    gcm_seal(sealing, NULL, nonce, NULL, 0, lent + lent_header_size + nonce_size, key, key_size);
    memcpy(lent + lent_size, key, key_size);
}

struct sealer plain_sealer(void) {
    const unsigned char *key = floor_fresh(key_size);
    sealing = gcm_context(1, key);
    opening = gcm_context(0, key);
    return (struct sealer){seal, open_envelope, lend};
}
