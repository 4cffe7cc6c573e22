package io.carom.cli;

import io.carom.certificate.Certificates;
import io.carom.mailnet.enrol.Directory;
import io.carom.mailnet.enrol.Membership;
import io.carom.mailnet.federation.Peers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;

/// A member's own side, kept up to date.
@Command(
        name = "refresh",
        header = {
            "On the member's side: fetches the certificates of all whom one can write to, and renews one's own when its",
            "time is soon over.",
            "",
            "  carom mail network refresh ~/mail",
            "  carom mail network refresh ~/mail --json",
            ""
        },
        mixinStandardHelpOptions = true)
final class MailNetworkRefreshCommand implements Callable<Integer> {
    private static final Duration SOON = Duration.ofDays(60);

    @Mixin
    Common common = new Common();

    @Parameters(paramLabel = "DIR", description = "The member's folder.")
    Path folder = Path.of(".");

    @Option(names = "--renew", description = "A new key and certificate now.")
    boolean renew;

    @Override
    public Integer call() throws Exception {
        Membership member = Membership.of(folder);
        Instant until = member.identity().certificate().getNotAfter().toInstant();
        if (renew || until.isBefore(Instant.now().plus(SOON))) {
            member.renew();
            common.note("renewed until "
                    + member.identity().certificate().getNotAfter().toInstant());
        }
        Directory directory = member.refresh();
        for (Peers.Correspondent one : directory.members()) {
            if (common.json) {
                common.out()
                        .println(new ObjectMapper()
                                .createObjectNode()
                                .put("address", one.address().toString())
                                .put("name", one.name())
                                .put("certificate", Certificates.fingerprint(one.certificate())));
            } else {
                common.out().println(one.address() + (one.name().isEmpty() ? "" : "  " + Shown.text(one.name(), 100)));
            }
        }
        return Exit.DONE;
    }
}
