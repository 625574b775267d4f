#pragma once
/* SHA-256's compression function, whose state can be kept, is in the low-level API alone. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <stddef.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <string.h>

/* OSSL_PARAM keeps the address of its name, which a string literal in Swift does not have beyond one call: so the arrays are made here. */
static inline int ekm_mac_set_key(EVP_MAC_CTX *context, const unsigned char *key, size_t size, const char *name, const char *value) {
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(name, (char *)value, 0), OSSL_PARAM_construct_end()};
    /* A null key would mean "keep the key". */
    return EVP_MAC_init(context, size ? key : (const unsigned char *)"", size, parameters);
}
static inline int ekm_hmac_sha256_set_key(EVP_MAC_CTX *context, const void *key, size_t size) {
    return ekm_mac_set_key(context, (const unsigned char *)key, size, OSSL_MAC_PARAM_DIGEST, "SHA256");
}
static inline int ekm_cmac_aes_set_key(EVP_MAC_CTX *context, const void *key, size_t size) {
    return ekm_mac_set_key(context, (const unsigned char *)key, size, OSSL_MAC_PARAM_CIPHER, size == 16 ? "AES-128-CBC" : "AES-256-CBC");
}
static inline int ekm_hkdf_sha256(EVP_KDF_CTX *context, const void *key, size_t key_size, const void *salt, size_t salt_size,
                                  const void *info, size_t info_size, void *output, size_t output_size) {
    /* OpenSSL 3.0 refuses a null address even for no bytes. */
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key_size ? (void *)key : (void *)"", key_size),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt_size ? (void *)salt : (void *)"", salt_size),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info_size ? (void *)info : (void *)"", info_size),
        OSSL_PARAM_construct_end(),
    };
    return EVP_KDF_derive(context, (unsigned char *)output, output_size, parameters);
}

/* HMAC-SHA-256 (RFC 2104) with the states behind its two padded keys kept: `states` holds the inner one, then the outer one, 32 bytes each.
 * Here, because Swift does not see into SHA256_CTX without naming each of its words. */
static inline void ekm_hmac_states(const unsigned char *key, unsigned char *states) {
    unsigned char block[SHA256_CBLOCK];
    SHA256_CTX hash;
    for (int half = 0; half < 2; half++) {
        memset(block, half ? 0x5c : 0x36, sizeof block);
        for (int i = 0; i < 32; i++) block[i] ^= key[i];
        SHA256_Init(&hash);
        SHA256_Transform(&hash, block);
        memcpy(states + 32 * half, hash.h, 32);
    }
    OPENSSL_cleanse(block, sizeof block);
    OPENSSL_cleanse(&hash, sizeof hash);
}
static inline void ekm_hmac_begin(SHA256_CTX *hash, const unsigned char *state) {
    memcpy(hash->h, state, 32);
    hash->Nl = 8 * SHA256_CBLOCK;
    hash->Nh = 0;
    hash->num = 0;
    hash->md_len = SHA256_DIGEST_LENGTH;
}
/* Leaves nothing secret on the stack: the last state is the code, and every block is padded message, or the inner hash, wiped. */
static inline void ekm_hmac(const unsigned char *states, const void *a, size_t a_size, const void *b, size_t b_size, const void *c, size_t c_size,
                            unsigned char *code) {
    SHA256_CTX hash;
    ekm_hmac_begin(&hash, states);
    if (a_size) SHA256_Update(&hash, a, a_size);
    if (b_size) SHA256_Update(&hash, b, b_size);
    if (c_size) SHA256_Update(&hash, c, c_size);
    SHA256_Final(code, &hash);
    ekm_hmac_begin(&hash, states + 32);
    SHA256_Update(&hash, code, 32);
    SHA256_Final(code, &hash);
}
/* Whether an algorithm is OpenSSL's own: of another provider (FIPS), none of its work may be done beside it. */
static inline int ekm_is_default(const OSSL_PROVIDER *provider) {
    const char *name = provider ? OSSL_PROVIDER_get0_name(provider) : NULL;
    return name && strcmp(name, "default") == 0;
}

/* An AEAD cipher of a provider, called without the layer of EVP (provider-cipher(7)): EVP asks for the length of the nonce by name, through
 * a row of string comparisons, each time it is set. Here, because its functions come as untyped addresses, each to be cast by its number. */
struct ekm_aead {
    void *provider;
    OSSL_FUNC_cipher_newctx_fn *newctx;
    OSSL_FUNC_cipher_freectx_fn *freectx;
    OSSL_FUNC_cipher_encrypt_init_fn *encrypt_init;
    OSSL_FUNC_cipher_decrypt_init_fn *decrypt_init;
    OSSL_FUNC_cipher_update_fn *update;
    OSSL_FUNC_cipher_final_fn *final;
    OSSL_FUNC_cipher_get_ctx_params_fn *get_params;
    OSSL_FUNC_cipher_set_ctx_params_fn *set_params;
};
/* Returns 0 where the provider does not show them all. */
static inline int ekm_aead_find(const EVP_CIPHER *cipher, struct ekm_aead *found) {
    const OSSL_PROVIDER *provider = EVP_CIPHER_get0_provider(cipher);
    int no_cache = 0;
    const OSSL_ALGORITHM *all = provider ? OSSL_PROVIDER_query_operation(provider, OSSL_OP_CIPHER, &no_cache) : NULL;
    if (no_cache) return 0;
    for (; all && all->algorithm_names; all++) {
        char name[64];
        size_t n = strcspn(all->algorithm_names, ":");
        if (n >= sizeof name) continue;
        memcpy(name, all->algorithm_names, n);
        name[n] = 0;
        if (!EVP_CIPHER_is_a(cipher, name)) continue;
        found->provider = OSSL_PROVIDER_get0_provider_ctx(provider);
        for (const OSSL_DISPATCH *d = all->implementation; d->function_id; d++) switch (d->function_id) {
            case OSSL_FUNC_CIPHER_NEWCTX: found->newctx = OSSL_FUNC_cipher_newctx(d); break;
            case OSSL_FUNC_CIPHER_FREECTX: found->freectx = OSSL_FUNC_cipher_freectx(d); break;
            case OSSL_FUNC_CIPHER_ENCRYPT_INIT: found->encrypt_init = OSSL_FUNC_cipher_encrypt_init(d); break;
            case OSSL_FUNC_CIPHER_DECRYPT_INIT: found->decrypt_init = OSSL_FUNC_cipher_decrypt_init(d); break;
            case OSSL_FUNC_CIPHER_UPDATE: found->update = OSSL_FUNC_cipher_update(d); break;
            case OSSL_FUNC_CIPHER_FINAL: found->final = OSSL_FUNC_cipher_final(d); break;
            case OSSL_FUNC_CIPHER_GET_CTX_PARAMS: found->get_params = OSSL_FUNC_cipher_get_ctx_params(d); break;
            case OSSL_FUNC_CIPHER_SET_CTX_PARAMS: found->set_params = OSSL_FUNC_cipher_set_ctx_params(d); break;
        }
        return found->newctx && found->freectx && found->encrypt_init && found->decrypt_init && found->update && found->final
            && found->get_params && found->set_params;
    }
    return 0;
}
static inline void *ekm_aead_new(const struct ekm_aead *f) { return f->newctx(f->provider); }
static inline void ekm_aead_free(const struct ekm_aead *f, void *context) { f->freectx(context); }
static inline int ekm_aead_set_key(const struct ekm_aead *f, void *context, const void *key, size_t key_size) {
    return f->encrypt_init(context, (const unsigned char *)key, key_size, NULL, 0, NULL);
}
/* A null key keeps the one that is set. Returns 1 where it sealed. */
static inline int ekm_aead_seal(const struct ekm_aead *f, void *context, const void *key, size_t key_size, const void *nonce, const void *a,
                                size_t a_size, const void *b, size_t b_size, const void *in, size_t size, void *out) {
    size_t n;
    unsigned char *to = (unsigned char *)out;
    OSSL_PARAM tag[] = {OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, to + size, 16), OSSL_PARAM_construct_end()};
    return f->encrypt_init(context, (const unsigned char *)key, key ? key_size : 0, (const unsigned char *)nonce, 12, NULL)
        && (!a_size || f->update(context, NULL, &n, a_size, (const unsigned char *)a, a_size))
        && (!b_size || f->update(context, NULL, &n, b_size, (const unsigned char *)b, b_size))
        && (!size || f->update(context, to, &n, size, (const unsigned char *)in, size))
        && f->final(context, to + size, &n, 16) && f->get_params(context, tag);
}
/* 1 opened, 0 did not, -1 failed before. An empty plaintext needs no address to go to; its tag is checked all the same. */
static inline int ekm_aead_open(const struct ekm_aead *f, void *context, const void *key, size_t key_size, const void *nonce, const void *a,
                                size_t a_size, const void *b, size_t b_size, const void *in, size_t size, void *out) {
    size_t n;
    const unsigned char *from = (const unsigned char *)in;
    unsigned char nothing, *to = size ? (unsigned char *)out : &nothing;
    OSSL_PARAM tag[] = {OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, (void *)(from + size), 16),
                        OSSL_PARAM_construct_end()};
    if (!f->decrypt_init(context, (const unsigned char *)key, key ? key_size : 0, (const unsigned char *)nonce, 12, NULL)
        || (a_size && !f->update(context, NULL, &n, a_size, (const unsigned char *)a, a_size))
        || (b_size && !f->update(context, NULL, &n, b_size, (const unsigned char *)b, b_size))
        || (size && !f->update(context, to, &n, size, from, size)) || !f->set_params(context, tag))
        return -1;
    return f->final(context, to + size, &n, 0) == 1;
}
