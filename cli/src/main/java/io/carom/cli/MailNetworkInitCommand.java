package io.carom.cli;

import io.carom.mailnet.Network;
import io.carom.mailnet.NetworkSettings;
import io.carom.mailnet.identity.Words;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// Makes the network.
@Command(
        name = "init",
        header = {
            "Makes a mail network in this home: its authority, its settings, its store. The domain need not exist in DNS;",
            "nothing is ever looked up in it.",
            "",
            "  carom mail network init northgate.example --host mail.northgate.example --listen 0.0.0.0",
            "  carom mail network init crisis.northgate.example --host 192.0.2.10 --ports 465,993,443,8466",
            ""
        },
        mixinStandardHelpOptions = true)
final class MailNetworkInitCommand implements Callable<Integer> {
    @Mixin
    Common common = new Common();

    @Parameters(paramLabel = "DOMAIN", description = "What its addresses end with.")
    String domain = "";

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description = "By which members reach it: a name or an address (default: the domain).")
    @Nullable
    String host;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Where: 127.0.0.1 is this machine alone (default), 0.0.0.0 or :: every interface.")
    String listen = "";

    @Option(
            names = "--ports",
            paramLabel = "A,B,C,D",
            defaultValue = "8465,8993,8444,8466",
            description = "Submission, IMAP, members (joining, directory), federation; 0 for any that is free"
                    + " (default ${DEFAULT-VALUE}).")
    String ports = "";

    @Option(
            names = "--retention",
            paramLabel = "DAYS",
            defaultValue = "0d",
            description = "Mail older than that is deleted unless it is held: 90d. Default: all is kept.")
    String retention = "";

    @Override
    public Integer call() throws Exception {
        CommandLine program = MailNetworkText.program(common);
        try {
            InetAddress.getByName(listen);
        } catch (UnknownHostException e) {
            throw new CommandLine.ParameterException(program, "--listen: expected an address of this machine");
        }
        if (!ports.matches("\\d{1,5}(,\\d{1,5}){3}")) {
            throw new CommandLine.ParameterException(program, "--ports: expected four, such as 8465,8993,8444,8466");
        }
        int[] four = java.util.Arrays.stream(ports.split(","))
                .mapToInt(Integer::parseInt)
                .toArray();
        if (java.util.Arrays.stream(four).anyMatch(p -> p > 65_535)) {
            throw new CommandLine.ParameterException(program, "--ports: expected numbers up to 65535");
        }
        if (!retention.matches("\\d{1,5}d")) {
            throw new CommandLine.ParameterException(program, "--retention: expected days such as 90d");
        }
        String lower = domain.toLowerCase(Locale.ROOT);
        NetworkSettings settings = new NetworkSettings(
                lower,
                host == null ? lower : host,
                listen,
                new NetworkSettings.Ports(four[0], four[1], four[2], four[3]),
                NetworkSettings.Limits.USUAL,
                Duration.ofDays(Long.parseLong(retention.substring(0, retention.length() - 1))));
        Path home = common.home();
        try (Network network = Network.create(home, settings, InstantSource.system())) {
            String fingerprint = network.authority().fingerprint();
            if (common.json) {
                ObjectNode line = new ObjectMapper().createObjectNode();
                line.put("domain", lower)
                        .put("folder", network.folder().toString())
                        .put("fingerprint", fingerprint)
                        .put("words", Words.of(fingerprint));
                common.out().println(line);
            } else {
                common.out().println(lower + ": made in " + network.folder());
                common.out().println("its authority in words: " + Words.of(fingerprint));
            }
            common.note("next: carom mail network start, carom mail network invite NAME@" + lower);
        }
        return Exit.DONE;
    }
}
