package io.carom.server.http;

import io.carom.server.account.Asker;
import io.carom.server.account.Person;
import io.carom.server.account.Role;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One way to ask the server.
///
/// @param path with `{name}` for what varies
/// @param roles who may ask; empty where it is not for people
/// @param doc what the API's description says of it; null where it is no part of the API
/// @param only the one thing that a token may be narrowed to and still ask this; null for none
/// @param cost by which requests are counted
public record Route(
        HandlerType method,
        String path,
        Answer answer,
        Set<Role> roles,
        @Nullable ApiDoc doc,
        @Nullable String only,
        Cost cost) {
    public Route {
        roles = Set.copyOf(roles);
        if (answer instanceof ToPerson && roles.isEmpty()) {
            throw new IllegalArgumentException(path + ": nobody may ask this");
        }
    }

    /// Who may ask, and what they are answered.
    public sealed interface Answer permits ToAnybody, ToAccount, ToPerson {}

    @FunctionalInterface
    public non-sealed interface ToAnybody extends Answer {
        void give(Context context) throws Exception;
    }

    /// Who shows no account gets 401 and nothing of this.
    @FunctionalInterface
    public non-sealed interface ToAccount extends Answer {
        void give(Context context, Asker asker) throws Exception;
    }

    /// Who is no person with one of the route's roles gets nothing of this.
    @FunctionalInterface
    public non-sealed interface ToPerson extends Answer {
        void give(Context context, Person person) throws Exception;
    }

    /// In which form the server says no here.
    public enum Form {
        TAXII,
        API,
        PAGE;

        public static Form of(String path) {
            return path.startsWith("/taxii2") ? TAXII : path.startsWith("/api/") ? API : PAGE;
        }
    }

    public static Route open(HandlerType method, String path, ToAnybody answer) {
        return new Route(method, path, answer, Set.of(), null, null, usual(method, path));
    }

    public static Route closed(HandlerType method, String path, ToAccount answer) {
        return new Route(method, path, answer, Set.of(), null, null, usual(method, path));
    }

    /// A page, or what a form of one sends.
    public static Route page(HandlerType method, String path, Set<Role> roles, ToPerson answer) {
        return new Route(method, path, answer, roles, null, null, usual(method, path));
    }

    public static Route api(HandlerType method, String path, Set<Role> roles, ApiDoc doc, ToPerson answer) {
        return new Route(method, path, answer, roles, doc, null, usual(method, path));
    }

    /// The same, and a token may be for this alone.
    public Route aloneBy(String narrowed) {
        return new Route(method, path, answer, roles, doc, narrowed, cost);
    }

    /// The same, counted otherwise than by its method.
    public Route costing(Cost what) {
        return new Route(method, path, answer, roles, doc, only, what);
    }

    private static Cost usual(HandlerType method, String path) {
        return !method.equals(HandlerType.GET) ? Cost.CHANGE : Form.of(path) == Form.TAXII ? Cost.FEED : Cost.READ;
    }

    public boolean changes() {
        return !method.equals(HandlerType.GET);
    }
}
