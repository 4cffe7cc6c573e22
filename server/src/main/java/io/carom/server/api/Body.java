package io.carom.server.api;

import io.carom.server.http.Refused;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// What was sent to the API: one JSON object, bounded.
final class Body {
    static final int LONGEST = 8 << 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonNode node;

    private Body(JsonNode node) {
        this.node = node;
    }

    static Body of(Context context) throws IOException, Refused {
        String type = context.contentType();
        if (type == null || !type.split(";")[0].strip().equalsIgnoreCase("application/json")) {
            throw new Refused(415, "Not JSON", "Send a JSON object, as application/json.");
        }
        byte[] bytes;
        try (InputStream in = context.req().getInputStream()) {
            bytes = in.readNBytes(LONGEST + 1);
        }
        if (bytes.length > LONGEST) {
            throw new Refused(413, "Too much", "What is sent has at most " + (LONGEST >> 20) + " MiB.");
        }
        try {
            JsonNode node = JSON.readTree(bytes);
            if (!node.isObject()) {
                throw Refused.notUnderstood("Send a JSON object.");
            }
            return new Body(node);
        } catch (JacksonException e) {
            throw Refused.notUnderstood("That is no JSON: " + e.getOriginalMessage());
        }
    }

    /// A text that must be there.
    String text(String name, int longest) throws Refused {
        String text = optional(name, longest);
        if (text.isBlank()) {
            throw Refused.notUnderstood("\"" + name + "\" is missing.");
        }
        return text;
    }

    /// A text; empty if it is not there.
    String optional(String name, int longest) throws Refused {
        JsonNode value = node.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (!value.isString()) {
            throw Refused.notUnderstood("\"" + name + "\": expected a text.");
        }
        String text = value.asString("");
        if (text.length() > longest) {
            throw Refused.notUnderstood("\"" + name + "\" has more than " + longest + " characters.");
        }
        return text;
    }

    /// Texts in a list; a single text is a list of one, and what is not there an empty one.
    List<String> texts(String name, int most) throws Refused {
        JsonNode value = node.path(name);
        List<String> out = new ArrayList<>();
        if (value.isString() && !value.asString("").isBlank()) {
            out.add(value.asString(""));
        } else if (value.isArray()) {
            for (JsonNode one : value) {
                if (!one.isString()) {
                    throw Refused.notUnderstood("\"" + name + "\": expected texts.");
                }
                out.add(one.asString(""));
            }
        } else if (!value.isMissingNode() && !value.isNull() && !value.isString()) {
            throw Refused.notUnderstood("\"" + name + "\": expected a list of texts.");
        }
        if (out.size() > most) {
            throw Refused.notUnderstood("\"" + name + "\" has more than " + most + " entries.");
        }
        return out;
    }

    boolean flag(String name, boolean otherwise) throws Refused {
        JsonNode value = node.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            throw Refused.notUnderstood("\"" + name + "\": expected true or false.");
        }
        return value.asBoolean();
    }

    @Nullable
    Instant time(String name) throws Refused {
        return time(name, optional(name, 40));
    }

    /// A time as ISO 8601 in UTC; null where the text is empty.
    static @Nullable Instant time(String name, @Nullable String text) throws Refused {
        if (text == null || text.isBlank()) {
            return null;
        }
        try {
            return text.length() == 10 ? Instant.parse(text + "T00:00:00Z") : Instant.parse(text);
        } catch (DateTimeException e) {
            throw Refused.notUnderstood("\"" + name + "\": expected a time such as 2026-03-02T10:00:00Z.");
        }
    }

    boolean has(String name) {
        return node.has(name);
    }
}
