package io.carom.victim;

/// A client that a part of a name may mean.
///
/// @param text the form it was found as; longer ones stand before those they contain
/// @param from first word of the part it was found in; `to` the one after its last
record Guess(Client client, double confidence, String text, int from, int to, String why) {
    boolean overlaps(Guess other) {
        return from < other.to && other.from < to;
    }

    Guess times(double factor) {
        return new Guess(client, confidence * factor, text, from, to, why);
    }
}
