package io.carom.cli;

import io.carom.certificate.Certificates;
import io.carom.mailnet.Network;
import io.carom.mailnet.federation.Peers;
import io.carom.mailnet.identity.Members;
import io.carom.mailnet.identity.Words;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// Who is in the network.
@Command(
        name = "list",
        header = {
            "Lists members, invitations that wait, and networks that mail is exchanged with.",
            "",
            "  carom mail network list",
            "  carom mail network list --json | jq -r 'select(.state==\"member\").address'",
            ""
        },
        mixinStandardHelpOptions = true)
final class MailNetworkListCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Override
    public Integer call() throws Exception {
        try (Network network = Network.open(common.home(), InstantSource.system())) {
            Instant now = Instant.now();
            int members = 0;
            for (Members.Member one : network.members().all()) {
                Instant revoked = one.revoked();
                String state = one.system() ? "carom" : revoked == null ? "member" : "revoked";
                members += state.equals("member") ? 1 : 0;
                X509Certificate certificate = one.certificate();
                ObjectNode line = line(one.address().toString(), one.name(), state);
                line.put("since", one.made().toString());
                line.put("revoked", revoked == null ? null : revoked.toString()).put("why", one.why());
                line.put("totp", one.totp());
                line.put("certificate", certificate == null ? null : Certificates.fingerprint(certificate));
                line.put(
                        "expires",
                        certificate == null
                                ? null
                                : certificate.getNotAfter().toInstant().toString());
                tell(
                        line,
                        revoked == null
                                ? "since " + one.made()
                                : "revoked " + revoked + " " + Shown.text(one.why(), 100));
            }
            for (Members.Invited one : network.members().invitations()) {
                boolean waits = one.expires().isAfter(now);
                ObjectNode line = line(one.address().toString(), one.name(), waits ? "invited" : "expired");
                line.put("since", one.made().toString())
                        .put("expires", one.expires().toString());
                tell(line, "until " + one.expires());
            }
            for (Peers.Peer one : network.peers().all()) {
                Instant ended = one.ended();
                ObjectNode line = line(one.domain(), "", ended == null ? "federated" : "ended");
                line.put("host", one.host() + ":" + one.port());
                line.put("since", one.made().toString()).put("ended", ended == null ? null : ended.toString());
                line.put("fingerprint", Certificates.fingerprint(one.authority()));
                tell(line, one.host() + ":" + one.port() + (ended == null ? "" : " until " + ended));
            }
            common.note(Shown.count(members) + " members; the network's authority in words: "
                    + Words.of(network.authority().fingerprint()));
        }
        return Exit.DONE;
    }

    private static ObjectNode line(String address, String name, String state) {
        return JSON.createObjectNode().put("address", address).put("name", name).put("state", state);
    }

    private void tell(ObjectNode line, String more) {
        if (common.json) {
            common.out().println(line);
        } else {
            String name = line.path("name").asString("");
            common.out()
                    .println(Shown.text(line.path("address").asString(""), 254)
                            + (name.isEmpty() ? "" : "  " + Shown.text(name, 60)) + "  "
                            + line.path("state").asString("") + "  " + more);
        }
    }
}
