#pragma once
#include <stddef.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

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
