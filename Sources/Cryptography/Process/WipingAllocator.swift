import CLinux
import COpenSSL

/// OpenSSL's allocator, replaced by one that wipes all memory before it frees it.
package enum WipingAllocator {
    /// Installs the allocator. Call it first in `main`: OpenSSL takes it only before its first allocation.
    ///
    /// libcurl takes the same functions (`ekm_wiping_malloc` and its like in CLinux) through `curl_global_init_mem`.
    /// - Returns: False if OpenSSL had already allocated memory; nothing is wiped then.
    package static func install() -> Bool {
        unsafe CRYPTO_set_mem_functions(ekm_wiping_malloc_at, ekm_wiping_realloc_at, ekm_wiping_free_at) == 1
    }
}
