/// The face of ``EKMClient`` whose methods wait on the calling thread, which reads its own answer where no other thread reads.
///
/// Not for tasks: a thread that waits is one that no task can use.
public struct BlockingClient: Sendable {
    let client: EKMClient
}
