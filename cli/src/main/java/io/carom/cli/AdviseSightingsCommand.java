package io.carom.cli;

import io.carom.advise.AdviseStore;
import io.carom.advise.ClientReport;
import io.carom.cases.Cases;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// What a client saw itself.
@Command(
        name = "sightings",
        header = {
            "Takes what a client saw itself: STIX sightings, or CSV with the columns of sightings.csv.",
            "",
            "  carom advise sightings acme acme-sightings.csv",
            "  carom advise sightings acme bundle.stix.json --json",
            "",
            "It is told in the client's next package; where it is earlier than the first contact that was known, the",
            "clocks of the incident are restated.",
            ""
        },
        mixinStandardHelpOptions = true)
final class AdviseSightingsCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SHOWN = 50;

    @Mixin
    Common common = new Common();

    @Parameters(index = "0", paramLabel = "CLIENT", description = "Whose they are.")
    String client = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "The file.")
    Path file = Path.of("");

    @Override
    public Integer call() throws Exception {
        if (!client.matches("[a-z0-9][a-z0-9_-]{0,63}")) {
            throw new CommandLine.ParameterException(
                    java.util.Objects.requireNonNull(common.spec).commandLine(),
                    "CLIENT: a name is lower-case letters, digits, - and _; found \"" + Shown.text(client, 64) + "\"");
        }
        ClientReport.Read read =
                ClientReport.read(file, common.home().resolve("advise").resolve(client));
        Instant now = Instant.now();
        try (AdviseStore store = AdviseStore.open(common.home());
                Cases cases = Cases.open(common.home())) {
            for (AdviseStore.Reported one : read.seen()) {
                store.report(client, one, now);
                restate(cases, one);
                if (common.json) {
                    ObjectNode line = JSON.createObjectNode();
                    line.put("client", client)
                            .put("type", one.type())
                            .put("value", one.value())
                            .put("count", one.count())
                            .put("first_seen", one.first().toString())
                            .put("last_seen", one.last().toString());
                    common.out().println(JSON.writeValueAsString(line));
                }
            }
        }
        read.faults().stream().limit(SHOWN).forEach(f -> common.fault(Shown.text(f, 400)));
        if (read.faults().size() > SHOWN) {
            common.fault("… and " + Shown.count(read.faults().size() - SHOWN) + " faults more of "
                    + Shown.text(file.toString(), 200));
        }
        if (!common.json) {
            common.out()
                    .println(Shown.text(client, 64) + " reported "
                            + Shown.count(read.seen().size()) + " sightings");
        }
        return read.faults().isEmpty() ? Exit.DONE : Exit.SOME_REJECTED;
    }

    private void restate(Cases cases, AdviseStore.Reported one) throws java.io.IOException {
        for (ObjectNode incident : cases.incidents()) {
            String id = incident.path("id").asString("");
            boolean its = incident.path("client").asString("").equals(client)
                    && !incident.path("status").asString("").equals("closed");
            for (JsonNode value : incident.path("indicators")) {
                if (its
                        && value.asString("").equals(one.value())
                        && cases.moments().restate(id, one.first(), client + " reported that it saw " + one.value())) {
                    common.note(id + ": its first contact was at " + one.first()
                            + ", earlier than was known; its clocks are restated");
                }
            }
        }
    }
}
