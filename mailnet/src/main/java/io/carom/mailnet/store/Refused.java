package io.carom.mailnet.store;

import java.io.IOException;

/// A mail is not taken, and why: a reply of SMTP with the enhanced code of RFC 3463.
public class Refused extends IOException {
    private static final long serialVersionUID = 1;

    private final int reply;
    private final String code;

    public Refused(int reply, String code, String message) {
        super(message);
        this.reply = reply;
        this.code = code;
    }

    public int reply() {
        return reply;
    }

    public String code() {
        return code;
    }

    /// Whether it may be tried again later.
    public boolean isForNow() {
        return reply < 500;
    }

    /// As it is said to the other end.
    public String line() {
        return reply + " " + code + " " + getMessage();
    }
}
