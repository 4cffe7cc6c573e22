package io.carom.server.http;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// A no to a program, in the form its protocol has for one.
final class Problems {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Problems() {}

    static String mediaType(Route.Form form) {
        return form == Route.Form.TAXII ? "application/taxii+json;version=2.1" : "application/problem+json";
    }

    /// TAXII 2.1, section 3.6.1, or RFC 9457.
    ///
    /// @param id by which the server's output tells of it
    static byte[] json(Route.Form form, int status, String title, @Nullable String description, @Nullable String id) {
        ObjectNode body = JSON.createObjectNode().put("title", title);
        boolean taxii = form == Route.Form.TAXII;
        if (description != null) {
            body.put(taxii ? "description" : "detail", description);
        }
        if (taxii) {
            if (id != null) {
                body.put("error_id", id);
            }
            body.put("http_status", String.valueOf(status));
        } else {
            body.put("status", status);
            if (id != null) {
                body.put("instance", "urn:uuid:" + id);
            }
        }
        return JSON.writeValueAsBytes(body);
    }
}
