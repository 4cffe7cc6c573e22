package io.carom.cli;

import io.carom.server.audit.AuditCheck;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// Walks the audit log's chain of hashes.
@Command(
        name = "verify",
        header = {
            "Checks that no line of the audit log was changed, put in or taken out. Exits with 1 where one was.",
            "",
            "  carom audit verify",
            "  carom audit verify --holds 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "",
            "Whoever can write the home could write the whole log anew. Note the hash that is printed somewhere else, and",
            "ask with --holds later whether the log still has it.",
            ""
        },
        mixinStandardHelpOptions = true)
final class AuditVerifyCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Option(names = "--holds", paramLabel = "HASH", description = "A hash that the log must have, as it was noted.")
    @Nullable
    String holds;

    @Override
    public Integer call() throws Exception {
        String noted = holds == null ? null : holds.toLowerCase(Locale.ROOT);
        if (noted != null && !noted.matches("[0-9a-f]{64}")) {
            throw new CommandLine.ParameterException(
                    Objects.requireNonNull(common.spec).commandLine(), "--holds: expected 64 hexadecimal digits");
        }
        AuditCheck check = AuditCheck.of(common.home(), noted);
        AuditCheck.Fault fault = check.fault();
        if (common.json) {
            ObjectNode line = JSON.createObjectNode();
            line.put("lines", check.lines()).put("head", check.head()).put("whole", fault == null);
            if (fault != null) {
                line.put("broken_at", fault.line()).put("what", fault.what());
            }
            common.out().println(line);
        } else if (fault == null) {
            common.out()
                    .println(
                            Shown.count(check.lines()) + " lines hold together; the last has the hash " + check.head());
        }
        if (fault != null) {
            common.fault("carom: audit.ndjson, line " + fault.line() + ": " + fault.what() + ". The "
                    + Shown.count(check.lines()) + " before it hold together.");
            return Exit.FAILED;
        }
        return Exit.DONE;
    }
}
