package io.carom.server.audit;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Walks an audit log from its first line to its last.
///
/// @param lines that hold together
/// @param head the hash of the last of them: whoever notes it elsewhere can ask later whether it is
/// still there
/// @param fault the first line that does not; null if all do
public record AuditCheck(long lines, String head, @Nullable Fault fault) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// @param line its number in the file
    /// @param what is wrong with it
    public record Fault(long line, String what) {}

    /// @param noted a hash that the log must hold, as it was noted elsewhere; null for none
    public static AuditCheck of(Path home, @Nullable String noted) throws IOException {
        Path file = home.resolve(AuditLog.FILE);
        if (!Files.exists(file)) {
            return new AuditCheck(
                    0,
                    AuditLog.NONE,
                    Files.exists(home.resolve(AuditLog.HEAD)) || noted != null
                            ? new Fault(0, "the log is gone")
                            : null);
        }
        String before = AuditLog.NONE;
        long number = 0;
        boolean found = noted == null;
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String fault = fault(line, number + 1, before);
                if (fault != null) {
                    return new AuditCheck(number, before, new Fault(number + 1, fault));
                }
                number++;
                before = line.substring(line.length() - 66, line.length() - 2);
                found |= before.equals(noted);
            }
        } catch (MalformedInputException e) {
            return new AuditCheck(number, before, new Fault(number + 1, "is no text"));
        }
        String cut = cut(home, number, before);
        if (cut == null && !found) {
            cut = "no line has the hash " + noted;
        }
        return new AuditCheck(number, before, cut == null ? null : new Fault(number + 1, cut));
    }

    private static @Nullable String fault(String line, long number, String before) {
        int at = line.lastIndexOf(AuditLog.HASH);
        if (at < 0 || line.length() != at + AuditLog.HASH.length() + 66) {
            return "has no hash at its end";
        }
        JsonNode node;
        try {
            node = JSON.readTree(line);
        } catch (JacksonException e) {
            return "is no JSON";
        }
        if (node.path("n").asLong(-1) != number) {
            return "has the number " + node.path("n").asLong(-1) + "; " + number + " comes here";
        }
        if (!node.path("prev").asString("").equals(before)) {
            return "does not follow the line before it: one was changed, put in or taken out";
        }
        if (!AuditLog.hash(before, line.substring(0, at) + "}")
                .equals(node.path("hash").asString(""))) {
            return "was changed after it was written";
        }
        return null;
    }

    /// Whether lines that the head speaks of are gone. The head of a log that was being written when
    /// its machine stopped may be behind, which is no fault.
    private static @Nullable String cut(Path home, long number, String last) throws IOException {
        Path file = home.resolve(AuditLog.HEAD);
        if (!Files.exists(file)) {
            return number == 0 ? null : "audit.head is gone: whether lines were cut off at the end cannot be told";
        }
        String[] head = Files.readString(file).strip().split(" ");
        if (head.length != 2 || !head[0].matches("[0-9]{1,18}")) {
            return Files.size(file) == 0 && number == 0 ? null : "audit.head is damaged";
        }
        long told = Long.parseLong(head[0]);
        if (told > number) {
            return (told - number) + " lines are missing at the end";
        }
        return told == number && !head[1].equals(last) ? "the last line is not the one that was written" : null;
    }
}
