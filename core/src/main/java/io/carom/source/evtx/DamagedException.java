package io.carom.source.evtx;

/// A record that cannot be decoded. Its message is the reason of the reject: what was found and what
/// was expected, without content of the record. Never leaves this package. It carries no stack trace:
/// damaged input may raise thousands.
final class DamagedException extends Exception {
    private static final long serialVersionUID = 1L;

    DamagedException(String reason) {
        super(reason, null, false, false);
    }
}
