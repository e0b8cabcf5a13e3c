/// A discovery on its way from the thread that made it to the one that goes on with it.
struct TopicSearch: @unchecked Sendable {
    // Sound: one thread has made it and is done with it when the other one, the only one from then on, gets it.
    let discovery: TopicDiscovery
}
