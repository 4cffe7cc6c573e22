package io.carom.cli;

import io.carom.mailnet.Network;
import io.carom.mailnet.enrol.Directory;
import io.carom.mailnet.federation.Card;
import io.carom.mailnet.identity.Words;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// Exchanges mail with another organisation's network.
@Command(
        name = "federate",
        header = {
            "Exchanges mail with another organisation's network. Each side shows its card, gives it to the other by any way,",
            "and reads its ten words out by telephone; each side then takes the other's card with the words it heard.",
            "",
            "  carom mail network federate",
            "  carom mail network federate 'carom-mail:southbank.example;mail.southbank.example:8466:8444;FINGERPRINT' \\",
            "        --words \"zero apple …\"",
            "  carom mail network federate --end southbank.example",
            "",
            "Mail goes to that one host and port, between the two authorities, and nowhere else; nothing passes through.",
            ""
        },
        mixinStandardHelpOptions = true)
final class MailNetworkFederateCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Parameters(
            arity = "0..1",
            paramLabel = "CARD",
            description = "The other network's; without it one's own is shown.")
    @Nullable
    String card;

    @Option(names = "--words", paramLabel = "WORDS", description = "The ten words as they were heard.")
    @Nullable
    String words;

    @Option(names = "--end", paramLabel = "DOMAIN", description = "Ends the exchange with that network.")
    @Nullable
    String end;

    @Override
    public Integer call() throws Exception {
        CommandLine program = MailNetworkText.program(common);
        try (Network network = Network.open(common.home(), InstantSource.system())) {
            if (end != null) {
                if (!network.peers().end(end)) {
                    throw new IOException("this network is not federated with " + Shown.text(end, 254));
                }
                tell(end, "ended", "");
            } else if (card == null) {
                Card own = network.card();
                if (common.json) {
                    common.out()
                            .println(JSON.createObjectNode()
                                    .put("card", own.toString())
                                    .put("words", own.words()));
                } else {
                    common.out().println(own);
                    common.out().println("to be read out by telephone: " + own.words());
                }
            } else {
                if (words == null) {
                    throw new CommandLine.ParameterException(
                            program,
                            "--words: have the other side read out its ten words by telephone, and give them here");
                }
                Card theirs = Card.of(card);
                if (!Words.say(words, theirs.fingerprint())) {
                    throw new IOException(
                            "the words do not fit the card: it was changed on its way, or a word was misheard."
                                    + " Nothing was added.");
                }
                X509Certificate authority = Directory.authority(theirs);
                network.peers().add(theirs, authority);
                tell(theirs.domain(), "federated", theirs.host() + ":" + theirs.port());
                common.note("mail flows when the other side has taken this network's card too");
            }
        }
        return Exit.DONE;
    }

    private void tell(String domain, String state, String host) {
        if (common.json) {
            ObjectNode line = JSON.createObjectNode();
            line.put("address", domain).put("state", state).put("host", host);
            common.out().println(line);
        } else {
            common.out().println(Shown.text(domain, 254) + ": " + state);
        }
    }
}
