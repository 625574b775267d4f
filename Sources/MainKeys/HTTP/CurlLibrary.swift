internal import CCurl
internal import CLinux

/// libcurl as a whole: started once, with an allocator that wipes what it frees (headers and passwords are copied by libcurl).
enum CurlLibrary {
    static let isReady: Bool =
        unsafe curl_global_init_mem(
            Int(CURL_GLOBAL_DEFAULT), ekm_wiping_malloc, ekm_wiping_free, ekm_wiping_realloc, ekm_wiping_strdup, ekm_wiping_calloc)
        == CURLE_OK
}
