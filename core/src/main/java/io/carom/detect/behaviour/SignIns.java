package io.carom.detect.behaviour;

import io.carom.event.Finding;
import io.carom.observe.Address;
import io.carom.observe.Hosts;
import io.carom.observe.Keys;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.SignIn;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What analytics ask of a sign-in: whose account it was, from where, to what.
final class SignIns {
    static final long MINUTE = 60_000;
    static final long HOUR = 60 * MINUTE;
    static final long DAY = 24 * HOUR;

    /// Accounts of Windows' own, without a password.
    private static final Set<String> SYSTEM = Set.of(
            "system",
            "local service",
            "network service",
            "anonymous logon",
            "anonymous",
            "iusr",
            "-",
            "window manager");

    private SignIns() {}

    /// Whether the account is a person's or a service's, not a machine's or the system's own.
    static boolean somebody(String account) {
        return !account.isEmpty()
                && !account.endsWith("$")
                && !SYSTEM.contains(account)
                && !account.startsWith("dwm-")
                && !account.startsWith("umfd-");
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

    static java.util.List<Finding.Observable> observables(String account, @Nullable Address src) {
        return src == null || src.reach() == Address.Reach.NOBODYS
                ? java.util.List.of(user(account))
                : java.util.List.of(user(account), Words.address("src_endpoint.ip", src));
    }
}
