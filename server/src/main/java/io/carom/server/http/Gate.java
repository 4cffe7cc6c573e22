package io.carom.server.http;

import io.carom.server.account.Asker;
import io.carom.server.account.Authenticator;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// What stands before every route: who asks, and the form of a no.
public final class Gate {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

    private final Authenticator authenticator;
    private final String errorType;

    /// @param errorType the media type of a no
    public Gate(Authenticator authenticator, String errorType) {
        this.authenticator = authenticator;
        this.errorType = errorType;
    }

    public Handler before(Route route) {
        return switch (route.answer()) {
            case Route.ToAnybody answer -> context -> answering(context, () -> answer.give(context));
            case Route.ToAccount answer -> context -> answering(context, () -> answer.give(context, asker(context)));
        };
    }

    private interface Work {
        void run() throws Exception;
    }

    private void answering(Context context, Work work) throws Exception {
        context.header("X-Content-Type-Options", "nosniff");
        context.header("Cache-Control", "no-store");
        if (context.req().isSecure()) {
            context.header("Strict-Transport-Security", "max-age=31536000");
        }
        try {
            work.run();
        } catch (Refused e) {
            refuse(context, e);
        }
    }

    private Asker asker(Context context) throws IOException, Refused, InterruptedException {
        X509Certificate certificate =
                context.req().getAttribute(CERTIFICATES) instanceof X509Certificate[] chain && chain.length > 0
                        ? chain[0]
                        : null;
        try {
            return authenticator
                    .asker(
                            context.header("Authorization"),
                            certificate,
                            context.req().getRemoteAddr())
                    .orElseThrow(() -> new Refused(
                            401,
                            "Not signed in",
                            "Show who you are: by name and password (Basic), by a token (Bearer), or by a client"
                                    + " certificate."));
        } catch (Authenticator.TooOften e) {
            throw new Refused(429, "Too often", "Too many wrong passwords from your address; wait a minute.")
                    .header("Retry-After", "60");
        }
    }

    /// Writes a no as TAXII 2.1, section 3.6.1, has it.
    private void refuse(Context context, Refused e) {
        e.headers().forEach(context::header);
        if (e.status() == 401) {
            context.res().addHeader("WWW-Authenticate", "Basic realm=\"carom\", charset=\"UTF-8\"");
            context.res().addHeader("WWW-Authenticate", "Bearer realm=\"carom\"");
        }
        error(context, e.status(), e.title(), e.description(), null);
    }

    private void error(Context context, int status, String title, @Nullable String description, @Nullable String id) {
        ObjectNode body = JSON.createObjectNode();
        body.put("title", title);
        if (description != null) {
            body.put("description", description);
        }
        if (id != null) {
            body.put("error_id", id);
        }
        body.put("http_status", String.valueOf(status));
        context.status(status).header("Content-Type", errorType).result(JSON.writeValueAsBytes(body));
    }

    /// Where no route is, or not with that method.
    public void noRoute(Context context, HttpResponseException e) {
        String title = HttpStatus.forStatus(e.getStatus()).getMessage();
        error(context, e.getStatus(), title, null, null);
        String methods = e.getDetails().get("availableMethods");
        if (methods != null) {
            context.header("Allow", methods);
        }
    }

    /// What went wrong here is told here, by an id that the asker gets; nothing else of it.
    public void failed(Context context, Exception e) {
        String id = UUID.randomUUID().toString();
        System.err.println("carom: " + context.method() + " answered with an error (" + id + "): " + e);
        error(context, 500, "An error of the server's", "It is told in the server's output by the error's id.", id);
    }
}
