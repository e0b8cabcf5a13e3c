/// A numbered element of a state and the state of its value; a state's edges are sorted by index.
struct JSONIndexEdge {
    var index: Int
    var state: Int32
}
