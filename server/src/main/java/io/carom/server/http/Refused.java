package io.carom.server.http;

import java.util.LinkedHashMap;
import java.util.Map;

/// The server says no.
public final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String title;
    private final transient Map<String, String> headers = new LinkedHashMap<>();

    /// @param description what was found, what is expected; nothing of what the asker may not see
    public Refused(int status, String title, String description) {
        super(description, null, false, false);
        this.status = status;
        this.title = title;
    }

    public Refused header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    public String description() {
        return String.valueOf(getMessage());
    }

    public Map<String, String> headers() {
        return Map.copyOf(headers);
    }

    /// What is not there, and what the asker may not know of.
    public static Refused notThere() {
        return new Refused(404, "Not found", "There is nothing here, or nothing that you may see.");
    }

    public static Refused notUnderstood(String description) {
        return new Refused(400, "Not understood", description);
    }
}
