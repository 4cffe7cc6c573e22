package io.carom.mail.auth;

import java.io.IOException;
import java.util.List;

/// Answers of the domain name system: recorded, or from a resolver.
public interface Dns {
    /// Kinds of records that are asked for.
    enum Type {
        A,
        AAAA,
        MX,
        TXT,
        PTR
    }

    /// No answer came, or an error that may pass (RFC 7208 section 2.6.6).
    final class NoAnswerException extends IOException {
        private static final long serialVersionUID = 1;

        public NoAnswerException(String message) {
            super(message);
        }
    }

    /// The records of a name, aliases followed; empty if there are none or no such name.
    ///
    /// An address is in its usual form, the strings of a TXT record stand one behind another, each
    /// byte a character; MX records are in the order of their preference, without it.
    ///
    /// @param name lower case, without a trailing dot
    List<String> ask(String name, Type type) throws NoAnswerException;

    /// Knows nothing and says so.
    Dns NONE = (name, type) -> {
        throw new NoAnswerException("no DNS answers are given");
    };
}
