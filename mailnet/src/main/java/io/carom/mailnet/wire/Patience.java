package io.carom.mailnet.wire;

import java.time.Duration;

/// How long the other end of a connection may take.
///
/// @param strangers from the connection to being signed in
/// @param lines from a line's first byte to its last
/// @param writes to take what is written to it
public record Patience(Duration strangers, Duration lines, Duration writes) {
    public static final Patience USUAL =
            new Patience(Duration.ofSeconds(45), Duration.ofSeconds(60), Duration.ofSeconds(60));
}
