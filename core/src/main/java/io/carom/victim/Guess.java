package io.carom.victim;

/// A client that a part of a name may mean.
///
/// @param text the form it was found as; longer ones stand before those they contain
/// @param from first word of the part it was found in; `to` the one after its last
/// @param shared how many other words of the part are the client's too
record Guess(Client client, double confidence, String text, int from, int to, int shared, String why) {
    Guess(Client client, double confidence, String text, int from, int to, String why) {
        this(client, confidence, text, from, to, 0, why);
    }

    boolean overlaps(Guess other) {
        return from < other.to && other.from < to;
    }

    Guess with(int sharedWords) {
        return new Guess(client, confidence, text, from, to, sharedWords, why);
    }
}
