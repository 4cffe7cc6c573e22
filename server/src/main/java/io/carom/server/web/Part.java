package io.carom.server.web;

/// Which part of a long list is shown.
///
/// @param number of the part, from 1 on
/// @param size how much is shown at once
public record Part(int number, int size) {
    /// Of the first that is shown, from 0 on.
    public int from() {
        return (number - 1) * size;
    }
}
