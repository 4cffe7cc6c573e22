package io.carom.server.http;

import io.carom.server.account.Asker;
import io.carom.server.account.Authenticator;
import io.carom.server.account.Person;
import io.carom.server.audit.AuditEntry;
import io.carom.server.audit.AuditLog;
import io.carom.server.log.Log;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What stands before every route: who asks, whether they may, what is written down of it, and the form
/// of a no.
public final class Gate {
    private static final Log LOG = Log.of("http");

    /// Nothing is loaded from elsewhere, nothing that stands in a page is run or taken for a style, and
    /// no other page may hold one of these.
    private static final String CONTENT =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// What every answer says to browsers, by name.
    static final Map<String, String> HEADERS = Map.of(
            "X-Content-Type-Options", "nosniff",
            "Cache-Control", "no-store",
            "Content-Security-Policy", CONTENT,
            "Referrer-Policy", "same-origin",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");

    private final Identity identity;
    private final AuditLog audit;
    private final InstantSource clock;
    private final Refusal pages;
    private final RateLimiter limiter;

    /// How a page says no.
    public interface Refusal {
        void give(Context context, int status, String title, @Nullable String description);
    }

    public Gate(Identity identity, AuditLog audit, RateLimiter limiter, InstantSource clock, Refusal pages) {
        this.identity = identity;
        this.audit = audit;
        this.limiter = limiter;
        this.clock = clock;
        this.pages = pages;
    }

    public Handler before(Route route) {
        return switch (route.answer()) {
            case Route.ToAnybody answer ->
                context -> answering(context, () -> {
                    stranger(context, route.cost());
                    answer.give(context);
                });
            case Route.ToAccount answer -> context -> answering(context, () -> toAccount(context, route, answer));
            case Route.ToPerson answer -> context -> answering(context, () -> toPerson(context, route, answer));
        };
    }

    private interface Work {
        void run() throws Exception;
    }

    private void answering(Context context, Work work) throws Exception {
        headers(context);
        try {
            work.run();
        } catch (Refused e) {
            refuse(context, e);
        }
    }

    private static void headers(Context context) {
        HEADERS.forEach(context::header);
        if (context.req().isSecure()) {
            context.header("Strict-Transport-Security", "max-age=31536000");
        }
    }

    /// Counted by address: who is nobody that is known.
    private void stranger(Context context, Cost cost) throws Refused {
        RateLimiter.Taken taken = limiter.stranger(context.req().getRemoteAddr(), cost);
        if (taken.refused()) {
            throw tooMany(taken, cost);
        }
    }

    /// RFC 6585, section 4.
    private static Refused tooMany(RateLimiter.Taken taken, Cost cost) {
        return new Refused(
                        429,
                        "Too many requests",
                        "At most " + taken.limit() + " a minute of the kind \"" + cost.label() + "\"; ask again in "
                                + taken.seconds() + (taken.seconds() == 1 ? " second." : " seconds."))
                .header("Retry-After", String.valueOf(taken.seconds()));
    }

    private interface Asked<T> {
        T who() throws IOException, Refused, InterruptedException;
    }

    /// Whoever is let in is counted by their account and not with those who share their address;
    /// whoever is not, by their address. Telling who it is costs little: what does not, wrong
    /// passwords, has a limit of its own. Who showed something that does not let them in is written down.
    private <T> T known(Context context, Route route, Asked<T> asked)
            throws IOException, Refused, InterruptedException {
        try {
            return asked.who();
        } catch (Refused e) {
            stranger(context, Cost.READ);
            String shown = context.header("Authorization");
            if (shown != null) {
                // A page leads to where one signs in, which is no answer to it.
                write(context, route, new Known(Authenticator.named(shown), "", null), Math.max(401, e.status()));
            }
            throw e;
        }
    }

    /// Who asks, as the audit log has it.
    private record Known(String name, String role, @Nullable String client) {}

    private void toAccount(Context context, Route route, Route.ToAccount answer) throws Exception {
        Asker asker = known(context, route, () -> identity.asker(context));
        Known who = new Known(asker.account().name(), "account", asker.account().client());
        written(context, route, who, () -> answer.give(context, asker));
    }

    private void toPerson(Context context, Route route, Route.ToPerson answer) throws Exception {
        Person person = known(context, route, () -> {
            Person shown = identity.person(context);
            if (shown == null) {
                throw signInFirst(context);
            }
            return shown;
        });
        context.attribute(PERSON, person);
        Known who =
                new Known(person.name(), person.role().label(), person.sight().client());
        written(context, route, who, () -> {
            may(person, route);
            if (route.changes()) {
                ownForm(context, person);
            }
            answer.give(context, person);
        });
    }

    /// Answers, unless they ask too often, and writes down how.
    private void written(Context context, Route route, Known who, Work work) throws Exception {
        RateLimiter.Taken taken = limiter.person(who.name, route.cost());
        if (taken.refused()) {
            if (taken.first()) {
                // Of what follows there may be any number; the log tells of it once.
                write(context, route, who, 429);
            }
            throw tooMany(taken, route.cost());
        }
        int status = 500;
        try {
            work.run();
            status = context.statusCode();
        } catch (Refused e) {
            status = e.status();
            throw e;
        } finally {
            write(context, route, who, status);
        }
    }

    /// A stranger who asks for a page is led to where one signs in, and back from there.
    private static Refused signInFirst(Context context) {
        if (Route.Form.of(context.path()) == Route.Form.PAGE
                && context.method().name().equals("GET")) {
            String query = context.queryString();
            String back = context.path() + (query == null ? "" : "?" + query);
            return new Refused(303, "Sign in first", "")
                    .header(
                            "Location",
                            "/sign-in"
                                    + (back.equals("/")
                                            ? ""
                                            : "?next=" + java.net.URLEncoder.encode(back, StandardCharsets.UTF_8)));
        }
        return Identity.notSignedIn();
    }

    private static void may(Person person, Route route) throws Refused {
        String only = person.only();
        if (only != null && !only.equals(route.only())) {
            throw new Refused(403, "Not for this", "The token is for " + only + " alone.");
        }
        if (!route.roles().contains(person.role())) {
            // What is not for any of a client's people is not there for them.
            if (person.role().ofClient() && route.roles().stream().noneMatch(r -> r.ofClient())) {
                throw Refused.notThere();
            }
            throw new Refused(
                    403, "Not for your role", "Your role is " + person.role().label() + ", which may not do this.");
        }
        if (!person.read() && !route.changes() || !person.write() && route.changes()) {
            throw new Refused(
                    403,
                    "Not by this token",
                    "The token is for " + (person.read() ? "reading" : "writing") + " alone.");
        }
    }

    /// What changes something must come from a page of this server: another's page can make a browser
    /// send what it keeps of who somebody is.
    private static void ownForm(Context context, Person person) throws Refused {
        String origin = context.header("Origin");
        if (origin != null && !sameHost(origin, context.header("Host"))) {
            throw new Refused(403, "From elsewhere", "What changes something is sent from this server's own pages.");
        }
        Person.Session session = person.session();
        if (session == null) {
            return;
        }
        String sent = context.header("X-CSRF-Token");
        if (sent == null && String.valueOf(context.contentType()).startsWith("application/x-www-form-urlencoded")) {
            sent = context.formParam("_csrf");
        }
        if (sent == null
                || !MessageDigest.isEqual(
                        sent.getBytes(StandardCharsets.UTF_8), session.csrf().getBytes(StandardCharsets.UTF_8))) {
            throw new Refused(403, "From elsewhere", "The page that sent this is of another session: load it again.");
        }
    }

    private static boolean sameHost(String origin, @Nullable String host) {
        try {
            String authority = URI.create(origin).getAuthority();
            return authority != null && authority.equalsIgnoreCase(host);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void write(Context context, Route route, Known who, int status) throws IOException {
        audit.add(
                new AuditEntry(
                        who.name,
                        who.role,
                        context.req().getRemoteAddr(),
                        status >= 400 ? "refused" : route.changes() ? "change" : "read",
                        asked(context),
                        who.client != null ? who.client : context.attribute(CLIENT) instanceof String of ? of : null,
                        status),
                clock.instant());
    }

    private static final String PERSON = "carom.person";

    /// Who asks by a session of a page; null for whoever shows otherwise who they are, and for a
    /// stranger.
    public static @Nullable Person person(Context context) {
        return context.attribute(PERSON) instanceof Person person && person.session() != null ? person : null;
    }

    /// What was done stands before what was asked behind the `?`, which is as long as who asks likes.
    private static String asked(Context context) {
        String about = context.attribute(ABOUT) instanceof String text && !text.isBlank() ? " " + text : "";
        String query = context.queryString();
        return context.method().name() + " " + context.path() + about
                + (query == null ? "" : (about.isEmpty() ? "?" : " ?") + query);
    }

    private static final String ABOUT = "carom.about";
    private static final String CLIENT = "carom.client";

    /// Says in the audit log what a request did, beside its address, and to which client.
    public static void about(Context context, String what, @Nullable String client) {
        context.attribute(ABOUT, what);
        if (client != null) {
            context.attribute(CLIENT, client);
        }
    }

    private void refuse(Context context, Refused e) {
        e.headers().forEach(context::header);
        if (e.status() == 303) {
            context.status(303).result("");
            return;
        }
        if (e.status() == 401 && Route.Form.of(context.path()) != Route.Form.PAGE) {
            // A browser that is asked for a password asks whoever sits at it, over any page that follows by
            // itself.
            if (!Identity.isOfPage(context)) {
                context.res().addHeader("WWW-Authenticate", "Basic realm=\"carom\", charset=\"UTF-8\"");
            }
            context.res().addHeader("WWW-Authenticate", "Bearer realm=\"carom\"");
        }
        error(context, e.status(), e.title(), e.description(), null);
    }

    private void error(Context context, int status, String title, @Nullable String description, @Nullable String id) {
        Route.Form form = Route.Form.of(context.path());
        if (form == Route.Form.PAGE) {
            pages.give(context, status, title, id == null ? description : description + " Its id is " + id + ".");
            return;
        }
        context.status(status)
                .header("Content-Type", Problems.mediaType(form))
                .result(Problems.json(form, status, title, description, id));
    }

    /// Where no route is, or not with that method.
    public void noRoute(Context context, HttpResponseException e) {
        headers(context);
        RateLimiter.Taken taken = limiter.stranger(context.req().getRemoteAddr(), Cost.READ);
        if (taken.refused()) {
            refuse(context, tooMany(taken, Cost.READ));
            return;
        }
        if (Route.Form.of(context.path()) == Route.Form.PAGE) {
            try {
                context.attribute(PERSON, identity.signedIn(context));
            } catch (IOException unknown) {
                LOG.warn("who asked for " + context.path() + " is not known: " + unknown.getMessage());
            }
        }
        error(context, e.getStatus(), HttpStatus.forStatus(e.getStatus()).getMessage(), null, null);
        String methods = e.getDetails().get("availableMethods");
        if (methods != null) {
            context.header("Allow", methods);
        }
    }

    /// What went wrong here is told here, by an id that the asker gets; nothing else of it.
    public void failed(Context context, Exception e) {
        String id = UUID.randomUUID().toString();
        LOG.error(context.method() + " " + context.path() + " was answered with an error", id, e);
        error(context, 500, "An error of the server's", "It is told in the server's output by the error's id.", id);
    }
}
