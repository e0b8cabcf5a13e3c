// Replaced as the room is furnished.
import Testing
