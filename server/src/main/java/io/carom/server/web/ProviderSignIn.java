package io.carom.server.web;

import io.carom.server.account.Account;
import io.carom.server.account.People;
import io.carom.server.account.Person;
import io.carom.server.api.Desk;
import io.carom.server.audit.AuditEntry;
import io.carom.server.http.Cost;
import io.carom.server.http.Identity;
import io.carom.server.http.Refused;
import io.carom.server.http.Route;
import io.carom.server.provider.Answer;
import io.carom.server.provider.Arrived;
import io.carom.server.provider.LoggedOut;
import io.carom.server.provider.NotAdmitted;
import io.carom.server.provider.Once;
import io.carom.server.provider.ProviderDown;
import io.carom.server.provider.Providers;
import io.carom.view.Sight;
import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.HandlerType;
import io.javalin.http.SameSite;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Coming in by a provider of identities. What was wrong stands in the audit log; a stranger is told
/// that it was.
final class ProviderSignIn {
    private static final int PATIENCE_SECONDS = 600;
    private static final int LONGEST_CODE = 4_096;
    private static final int LONGEST_LOGOUT = 1 << 17;
    /// Base64 in a form, each `+`, `/` and `=` of it three letters.
    private static final int LONGEST_ANSWER = 3 << 17;
    /// Longer than a logout token is taken for new.
    private static final Duration ONCE = Duration.ofHours(1);

    private final Desk desk;
    private final Providers providers;
    private final SignIn signIn;

    ProviderSignIn(Desk desk, SignIn signIn) {
        this.desk = desk;
        this.providers = desk.providers();
        this.signIn = signIn;
    }

    List<Route> routes() {
        return List.of(
                Route.open(HandlerType.GET, "/sign-in/by/{provider}", this::begin)
                        .costing(Cost.COSTLY),
                Route.open(HandlerType.GET, "/sign-in/by/{provider}/back", this::back)
                        .costing(Cost.COSTLY),
                Route.open(HandlerType.POST, "/sign-in/by/{provider}/back", this::posted)
                        .costing(Cost.COSTLY),
                Route.open(HandlerType.GET, "/sign-in/by/{provider}/metadata", this::metadata),
                // Many may be signed out at once, and all of it comes from one address.
                Route.open(HandlerType.POST, "/sign-in/by/{provider}/logout", this::over)
                        .costing(Cost.READ),
                Route.open(HandlerType.GET, "/sign-in/by/{provider}/logout", this::overByBrowser)
                        .costing(Cost.READ),
                Route.open(HandlerType.GET, "/sign-out/at/{provider}", this::leave));
    }

    private String provider(Context context) throws Refused {
        String name = context.pathParam("provider");
        if (!providers.knows(name)) {
            throw Refused.notThere();
        }
        return name;
    }

    private static String cookieName(Context context) {
        return Identity.cookie(context) + "-sign-in";
    }

    /// Lax where the provider's page leads back here by a link, which the browser follows with it;
    /// a form of another's page brings only what is for any page, which browsers keep as long as it
    /// is secure.
    private void keep(Context context, String name, String value, int seconds) {
        boolean any = providers.posts(name);
        context.cookie(new Cookie(
                cookieName(context),
                value,
                "/",
                seconds,
                any || context.req().isSecure(),
                true,
                null,
                any ? SameSite.NONE : SameSite.LAX));
    }

    private void begin(Context context) throws Exception {
        String name = provider(context);
        try {
            Providers.Begun begun = providers.begin(name, SignIn.next(context.queryParam("next")));
            keep(context, name, begun.kept(), PATIENCE_SECONDS);
            context.status(303).header("Location", begun.to().toString()).result("");
        } catch (ProviderDown e) {
            throw down(context, name, e);
        }
    }

    private void back(Context context) throws Exception {
        come(
                context,
                new Answer.Code(
                        given(context, "state"),
                        given(context, "code"),
                        context.queryParam("iss"),
                        context.queryParam("error")));
    }

    private void posted(Context context) throws Exception {
        provider(context);
        Map<String, String> form = form(context, LONGEST_ANSWER);
        come(context, new Answer.Response(form.getOrDefault("RelayState", ""), form.getOrDefault("SAMLResponse", "")));
    }

    private void metadata(Context context) throws Refused {
        String metadata = providers.metadata(provider(context));
        if (metadata == null) {
            throw Refused.notThere();
        }
        context.header("Content-Type", "application/samlmetadata+xml").result(metadata);
    }

    private void come(Context context, Answer answer) throws Exception {
        String name = provider(context);
        String kept = context.cookie(cookieName(context));
        keep(context, name, "", 0);
        try {
            Providers.Returned returned = providers.back(name, kept, answer);
            first(returned.once(), "answer");
            Arrived arrived = providers.arrived(returned);
            first(arrived.once(), "assertion");
            come(context, arrived, returned.next());
        } catch (NotAdmitted e) {
            NotAdmitted.Known known = e.known();
            if (known != null) {
                desk.people().expel(known.provider(), known.issuer(), known.subject());
            }
            throw refused(context, name, e.reason(), known != null);
        } catch (ProviderDown e) {
            throw down(context, name, e);
        }
    }

    /// Takes note of what is good once.
    private void first(@Nullable Once once, String what) throws IOException, NotAdmitted {
        if (once != null
                && !desk.people().use(once.what(), once.until(), desk.clock().instant())) {
            throw NotAdmitted.wrong("the same " + what + " came before");
        }
    }

    private void come(Context context, Arrived arrived, String next) throws IOException, Refused {
        String known = desk.people().whose(arrived.provider(), arrived.issuer(), arrived.subject());
        Account before = known == null ? null : desk.accounts().account(known);
        People.Kept kept = desk.people()
                .admit(
                        arrived.provider(),
                        arrived.issuer(),
                        arrived.subject(),
                        new Account(arrived.account(), arrived.client(), null, false),
                        arrived.role(),
                        desk.clock().instant())
                .orElse(null);
        if (kept == null) {
            throw refused(
                    context,
                    arrived.provider(),
                    "another has the account \"" + arrived.account() + "\"; this is \"" + arrived.subject() + "\"",
                    true);
        }
        Account now = desk.accounts().account(kept.account());
        if (now != null && (before == null || !Objects.equals(before.client(), now.client()))) {
            // What was kept was another's, or of another client's events.
            desk.views().of(Sight.ALL).forgetSearches(kept.account());
        }
        Person.Session session =
                signIn.open(context, kept, next, "sign-in by " + arrived.provider() + ", subject " + arrived.subject());
        desk.people()
                .came(
                        session,
                        arrived.provider(),
                        arrived.issuer(),
                        arrived.subject(),
                        arrived.session(),
                        arrived.token(),
                        arrived.until());
    }

    /// On to the provider, which need not ask whom to sign out where this browser was signed in by it.
    private void leave(Context context) throws IOException, Refused {
        String name = provider(context);
        String code = context.cookie(SignIn.leaving(context));
        String token =
                code == null ? "" : desk.people().left(code, name, desk.clock().instant());
        URI to = providers.leaving(name, token);
        context.cookie(
                new Cookie(SignIn.leaving(context), "", "/", 0, context.req().isSecure(), true, null, SameSite.LAX));
        context.status(303)
                .header("Location", to == null ? "/sign-in" : to.toString())
                .result("");
    }

    /// The provider itself says that somebody is signed out there.
    private void over(Context context) throws Exception {
        provider(context);
        over(context, form(context, LONGEST_LOGOUT).getOrDefault("logout_token", ""));
    }

    /// A browser brings the provider's word that somebody is signed out there, or its answer to who
    /// signed out here. The session here ended before that was asked: what it says of it is not
    /// read.
    private void overByBrowser(Context context) throws Exception {
        provider(context);
        String query = context.queryString();
        if (context.queryParam("SAMLResponse") != null) {
            context.status(303).header("Location", "/sign-in").result("");
        } else {
            over(context, query == null ? "" : query);
        }
    }

    private void over(Context context, String said) throws Exception {
        String name = provider(context);
        try {
            LoggedOut out = providers.loggedOut(name, said);
            Instant now = desk.clock().instant();
            first(new Once("logout " + name + " " + out.id(), now.plus(ONCE)), "logout");
            int ended = 0;
            for (String session : out.sessions().isEmpty() ? List.of("") : out.sessions()) {
                ended += desk.people().over(name, out.issuer(), out.subject(), session);
            }
            desk.audit()
                    .add(
                            new AuditEntry(
                                    "",
                                    "",
                                    context.req().getRemoteAddr(),
                                    "change",
                                    "signed out by " + name + ", subject "
                                            + (out.subject().isEmpty() ? "not said" : out.subject()) + ": " + ended
                                            + " sessions",
                                    null,
                                    200),
                            now);
            URI next = out.next();
            if (next == null) {
                context.status(200).result("");
            } else {
                context.status(303).header("Location", next.toString()).result("");
            }
        } catch (NotAdmitted e) {
            write(context, name, "logout: " + e.reason(), 400);
            throw new Refused(400, "Not understood", "That is no word of a logout that is taken here.");
        } catch (ProviderDown e) {
            throw down(context, name, e);
        }
    }

    /// What a form sends, the first of each name; not what is as long as no answer is.
    private static Map<String, String> form(Context context, int longest) throws IOException, Refused {
        try (InputStream in = context.req().getInputStream()) {
            byte[] body = in.readNBytes(longest + 1);
            String type = String.valueOf(context.contentType());
            if (!type.startsWith("application/x-www-form-urlencoded") || body.length > longest) {
                throw Refused.notUnderstood("Expected a form with what a provider sends.");
            }
            Map<String, String> all = new HashMap<>();
            for (String one : new String(body, StandardCharsets.UTF_8).split("&")) {
                int equals = one.indexOf('=');
                if (equals > 0) {
                    all.putIfAbsent(
                            one.substring(0, equals),
                            URLDecoder.decode(one.substring(equals + 1), StandardCharsets.UTF_8));
                }
            }
            return all;
        } catch (IllegalArgumentException e) {
            throw Refused.notUnderstood("Expected a form with what a provider sends.");
        }
    }

    private static String given(Context context, String name) {
        String value = context.queryParam(name);
        return value == null || value.length() > LONGEST_CODE ? "" : value;
    }

    private Refused refused(Context context, String name, String why, boolean known) throws IOException {
        int status = known ? 403 : 401;
        write(context, name, why, status);
        return known
                ? new Refused(
                        403,
                        "Not let in",
                        providers.label(name) + " knows you, and nothing here says what you may do. Whoever runs Carom"
                                + " for you can say so.")
                : new Refused(
                        401,
                        "Not signed in",
                        "What came back from " + providers.label(name) + " does not let you in. Begin again at the page"
                                + " to sign in; an administrator finds in the audit log what was wrong.");
    }

    private Refused down(Context context, String name, ProviderDown e) throws IOException {
        write(context, name, e.getMessage(), 503);
        return new Refused(
                        503,
                        providers.label(name) + " does not answer",
                        "Try again in a while. Whoever has a name and a password here signs in with them meanwhile, the"
                                + " break-glass account too.")
                .header("Retry-After", "10");
    }

    private void write(Context context, String name, @Nullable String why, int status) throws IOException {
        desk.audit()
                .add(
                        new AuditEntry(
                                "",
                                "",
                                context.req().getRemoteAddr(),
                                "refused",
                                "sign-in by " + name + ": " + why,
                                null,
                                status),
                        desk.clock().instant());
    }
}
