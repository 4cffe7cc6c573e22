package io.carom.mailnet.smtp;

import io.carom.mailnet.Network;
import io.carom.mailnet.identity.Address;
import io.carom.mailnet.identity.Members.SignedIn;
import io.carom.mailnet.intake.Submitted;
import io.carom.mailnet.store.AuditLog;
import io.carom.mailnet.store.MailStore;
import io.carom.mailnet.store.Notes;
import io.carom.mailnet.store.Refused;
import io.carom.mailnet.wire.SignIn;
import io.carom.mailnet.wire.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A member that submits mail (RFC 6409): in its own name, to members of this network and of those federated with it.
public final class Submission implements SmtpRole, SmtpRole.Auth {
    private final Wire wire;
    private final Network network;
    private final SignIn signIn;
    private @Nullable SignedIn who;

    private Submission(Wire wire, Network network, SignIn signIn) {
        this.wire = wire;
        this.network = network;
        this.signIn = signIn;
    }

    /// Talks until the other end has had enough.
    public static void talk(Wire wire, Network network, SignIn signIn, Notes notes) throws IOException {
        new SmtpSession(
                        wire,
                        network,
                        notes,
                        new Submission(wire, network, signIn),
                        network.settings().domain())
                .run();
    }

    @Override
    public Auth auth() {
        return this;
    }

    @Override
    public MailStore.@Nullable Origin origin() {
        return who == null ? null : new MailStore.Member(who);
    }

    @Override
    public boolean with(String mechanism, @Nullable String initial, SmtpSession session) throws IOException {
        who = switch (mechanism) {
            case "EXTERNAL" -> {
                String name = initial == null ? session.ask("") : initial;
                yield name == null ? null : signIn.external(wire, decoded(name));
            }
            case "PLAIN" -> {
                String message = initial == null ? session.ask("") : initial;
                yield message == null ? null : signIn.plain(wire, message);
            }
            default -> {
                String user = initial == null ? session.ask("VXNlcm5hbWU6") : initial;
                String password = user == null ? null : session.ask("UGFzc3dvcmQ6");
                yield user == null || password == null ? null : signIn.password(wire, decoded(user), decoded(password));
            }
        };
        SignedIn signed = who;
        if (signed == null) {
            return false;
        }
        network.database().alter(c -> {
            AuditLog.add(
                    c,
                    network.clock().instant(),
                    "signin",
                    Map.of("address", signed.address(), "by", mechanism, "to", "submission", "from", wire.from()));
        });
        return true;
    }

    private static String decoded(String base64) {
        try {
            return base64.equals("=") ? "" : new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "\0";
        }
    }

    @Override
    public void sender(Address from) throws IOException {
        if (who == null || !from.equals(who.address())) {
            throw new Refused(550, "5.7.1", "mail is sent in one's own name alone");
        }
    }

    @Override
    public void recipient(Address to) throws IOException {
        Submitted.recipient(network, to);
    }

    @Override
    public boolean reaches(Address address) {
        return Submitted.reaches(network, address);
    }

    @Override
    public String name() {
        return who == null ? wire.from() : who.address().toString();
    }
}
