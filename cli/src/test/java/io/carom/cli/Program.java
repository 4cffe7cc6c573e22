package io.carom.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Runs the program within this process, with a home of its own.
final class Program {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path home;

    Program(Path home) {
        this.home = home;
    }

    /// What came of a run: its exit code, and all it wrote.
    record Result(int exit, String out, String err) {
        /// Each line of the results as the JSON object it must be.
        List<JsonNode> objects() {
            return out.lines().map(JSON::readTree).toList();
        }
    }

    Result run(String... arguments) {
        return fed("", arguments);
    }

    Result fed(String input, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add(1, "--home=" + home);
        return plain(input, all.toArray(String[]::new));
    }

    /// How the program is begun in a process of its own.
    ///
    /// @param options for the JVM
    static ProcessBuilder process(List<String> options, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.carom.cli.Main"));
        command.addAll(arguments);
        return new ProcessBuilder(command);
    }

    /// Exactly these arguments.
    static Result plain(String input, String... arguments) {
        InputStream in = System.in;
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream results = new ByteArrayOutputStream();
        ByteArrayOutputStream notes = new ByteArrayOutputStream();
        try {
            System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
            System.setOut(new PrintStream(results, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(notes, true, StandardCharsets.UTF_8));
            int exit = Main.run(arguments);
            return new Result(exit, results.toString(StandardCharsets.UTF_8), notes.toString(StandardCharsets.UTF_8));
        } finally {
            System.setIn(in);
            System.setOut(out);
            System.setErr(err);
        }
    }
}
