package io.carom.detect.behaviour;

import io.carom.observe.Address;
import io.carom.observe.Address.Reach;
import io.carom.observe.Observation;

/// Whether something goes from a client's own machine, or one on a supplier's link, to somebody else.
final class Outwards {
    private Outwards() {}

    /// Whether the address is a machine of the client's, or reaches it over a link.
    static boolean ours(Address src, String client, Context context) {
        return context.inside(src, client) || context.link(src, client) != null;
    }

    static boolean is(Address src, Address dst, Observation observation, Context context) {
        String client = observation.origin().client();
        if (dst.reach() == Reach.NOBODYS || context.inside(dst, client) || !ours(src, client, context)) {
            return false;
        }
        return dst.reach() == Reach.PUBLIC || context.owner(dst, client) != null || context.link(dst, client) != null;
    }

    /// Names that are nobody's in the Internet: RFC 6761, RFC 6762, RFC 9476 and names of one label.
    static boolean local(String name) {
        return name.indexOf('.') < 0
                || name.endsWith(".arpa")
                || name.endsWith(".local")
                || name.endsWith(".internal")
                || name.endsWith(".localdomain")
                || name.endsWith(".test")
                || name.endsWith(".invalid")
                || name.endsWith(".alt");
    }
}
