package io.carom.server.web;

import io.carom.server.account.Account;
import io.carom.server.account.People;
import io.carom.server.api.Desk;
import io.carom.server.audit.AuditEntry;
import io.carom.server.http.Cost;
import io.carom.server.http.Identity;
import io.carom.server.http.Refused;
import io.carom.server.http.Route;
import io.carom.server.provider.Arrived;
import io.carom.server.provider.NotAdmitted;
import io.carom.server.provider.ProviderDown;
import io.carom.server.provider.Providers;
import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.HandlerType;
import io.javalin.http.SameSite;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Coming in by a provider of identities. What was wrong stands in the audit log; a stranger is told
/// that it was.
final class ProviderSignIn {
    private static final int PATIENCE_SECONDS = 600;
    private static final int LONGEST_CODE = 4_096;

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
                        .costing(Cost.COSTLY));
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

    private static void keep(Context context, String value, int seconds) {
        // Lax, for the provider's page leads back here by a link, which the browser follows with it.
        context.cookie(new Cookie(
                cookieName(context), value, "/", seconds, context.req().isSecure(), true, null, SameSite.LAX));
    }

    private void begin(Context context) throws Exception {
        String name = provider(context);
        try {
            Providers.Begun begun = providers.begin(name, SignIn.next(context.queryParam("next")));
            keep(context, begun.kept(), PATIENCE_SECONDS);
            context.status(303).header("Location", begun.to().toString()).result("");
        } catch (ProviderDown e) {
            throw down(context, name, e);
        }
    }

    private void back(Context context) throws Exception {
        String name = provider(context);
        String kept = context.cookie(cookieName(context));
        keep(context, "", 0);
        try {
            Providers.Returned returned = providers.back(name, kept, given(context, "state"));
            if (!desk.people()
                    .use(
                            "sign-in " + returned.id(),
                            returned.until(),
                            desk.clock().instant())) {
                throw refused(context, name, "the same answer came before", false);
            }
            String fault = context.queryParam("error");
            if (fault != null) {
                throw refused(context, name, "the provider says \"" + cut(fault) + "\"", false);
            }
            come(
                    context,
                    providers.arrived(returned, given(context, "code"), context.queryParam("iss")),
                    returned.next());
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

    private void come(Context context, Arrived arrived, String next) throws IOException, Refused {
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
        signIn.open(context, kept, next, "sign-in by " + arrived.provider() + ", subject " + arrived.subject());
    }

    private static String given(Context context, String name) {
        String value = context.queryParam(name);
        return value == null || value.length() > LONGEST_CODE ? "" : value;
    }

    private static String cut(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "...";
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
