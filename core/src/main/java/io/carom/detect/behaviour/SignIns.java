package io.carom.detect.behaviour;

import io.carom.event.Finding;
import io.carom.observe.Address;
import io.carom.observe.Hosts;
import io.carom.observe.Keys;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.WindowsAccounts;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What analytics ask of a sign-in: whose account it was, from where, to what.
final class SignIns {
    static final long MINUTE = 60_000;
    static final long HOUR = 60 * MINUTE;
    static final long DAY = 24 * HOUR;

    /// What else stands in the place of an account beside {@link WindowsAccounts}.
    private static final Set<String> SYSTEM = Set.of("anonymous", "iusr", "-", "window manager");

    /// Where a name could not be resolved its identifier stands in its place: the null, the system's own,
    /// window managers' and font drivers'.
    private static final List<String> SYSTEM_IDS =
            List.of("s-1-0-0", "s-1-5-7", "s-1-5-18", "s-1-5-19", "s-1-5-20", "s-1-5-90-", "s-1-5-96-");

    private SignIns() {}

    /// Whether the account is a person's or a service's, not a machine's or the system's own.
    static boolean somebody(String account) {
        return !account.isEmpty()
                && !account.endsWith("$")
                && !WindowsAccounts.OWN.contains(account)
                && !SYSTEM.contains(account)
                && !account.startsWith("dwm-")
                && !account.startsWith("umfd-")
                && !(account.startsWith("s-1-") && SYSTEM_IDS.stream().anyMatch(id -> id(account, id)));
    }

    private static boolean id(String account, String id) {
        return id.endsWith("-") ? account.startsWith(id) : account.equals(id);
    }

    /// Whether it came over a network, to a machine or a service.
    static boolean remote(SignIn s) {
        return switch (s.means()) {
            case NETWORK, REMOTE_DESKTOP, SSH, VPN, CLOUD, REMOTE_SUPPORT -> from(s) != 0;
            case INTERACTIVE, TICKET, SERVICE, EXPLICIT, UNKNOWN -> false;
        };
    }

    /// Where it came from, as a key: the address, else the machine's name; 0 if neither is said.
    static long from(SignIn s) {
        Address src = s.src();
        if (src != null && src.reach() != Address.Reach.NOBODYS) {
            return src.hash();
        }
        return s.srcHost().isEmpty() ? 0 : Keys.of(Hosts.shortName(s.srcHost()));
    }

    /// Where it came from, in words.
    static String fromText(SignIn s) {
        Address src = s.src();
        return src != null && src.reach() != Address.Reach.NOBODYS ? src.text() : s.srcHost();
    }

    /// The network it came from, as a key; a provider lends its customer another address every day.
    static long network(SignIn s) {
        Address src = s.src();
        return src != null && src.reach() != Address.Reach.NOBODYS ? src.network() : from(s);
    }

    /// What was signed in to, as a key.
    static long at(SignIn s) {
        Address dst = s.dst();
        return s.host().isEmpty() ? dst == null ? 0 : dst.hash() : Keys.of(Hosts.shortName(s.host()));
    }

    static String atText(SignIn s) {
        Address dst = s.dst();
        return s.host().isEmpty() ? dst == null ? "" : dst.text() : s.host();
    }

    static long day(long time) {
        return Math.floorDiv(time, DAY);
    }

    /// The day of a time, where one is at hand: what comes late by hours, over midnight, is of the day at
    /// hand, which is not ended and begun again for it.
    static long day(long time, long current) {
        long day = day(time);
        return day == current - 1 ? current : day;
    }

    /// The way it was signed in, in words.
    static String by(Means means) {
        return switch (means) {
            case INTERACTIVE -> "at the machine";
            case NETWORK -> "over the network";
            case REMOTE_DESKTOP -> "by remote desktop";
            case SSH -> "by SSH";
            case VPN -> "by VPN";
            case CLOUD -> "to the cloud";
            case TICKET -> "by a Kerberos ticket";
            case REMOTE_SUPPORT -> "by a remote-support tool";
            case SERVICE -> "as a service";
            case EXPLICIT -> "with stated credentials";
            case UNKNOWN -> "in a way not said";
        };
    }

    /// `2019-03-04 23:10`, UTC.
    static String when(long time) {
        String text = Instant.ofEpochMilli(time).atOffset(ZoneOffset.UTC).toString();
        return text.substring(0, 10) + " " + text.substring(11, 16);
    }

    static Finding.Observable user(String account) {
        return new Finding.Observable("user.name", 4, account);
    }

    static List<Finding.Observable> observables(String account, @Nullable Address src) {
        return src == null || src.reach() == Address.Reach.NOBODYS
                ? List.of(user(account))
                : List.of(user(account), Words.address("src_endpoint.ip", src));
    }
}
