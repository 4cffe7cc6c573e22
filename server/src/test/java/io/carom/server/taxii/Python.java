package io.carom.server.taxii;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/// The implementations that others compare themselves with, in Python, under the build's folder. Where
/// there is no Python, or no registry to fetch them from, the tests that need them are skipped and say
/// so.
final class Python {
    private static final List<String> PACKAGES =
            List.of("taxii2-client==2.3.0", "stix2==3.0.2", "medallion==3.0.0", "stix2-validator==3.3.2");
    private static final Path FOLDER = Path.of("target", "python").toAbsolutePath();
    private static final long MINUTES = 5;

    private Python() {}

    /// What a program said, and how it ended.
    record Ran(int exit, String said) {}

    /// The interpreter that has the packages.
    static String interpreter() throws IOException, InterruptedException {
        Path interpreter = FOLDER.resolve("bin").resolve("python");
        Path done = FOLDER.resolve("packages.txt");
        String packages = String.join("\n", PACKAGES);
        if (Files.exists(done) && Files.readString(done).equals(packages)) {
            return interpreter.toString();
        }
        try {
            Ran made = ran("python3", "-m", "venv", FOLDER.toString());
            Assumptions.assumeTrue(made.exit == 0, "python3 makes no environment of its own: " + made.said);
        } catch (IOException e) {
            Assumptions.abort("there is no python3: " + e.getMessage());
        }
        List<String> install = new ArrayList<>(
                List.of(interpreter.toString(), "-m", "pip", "install", "-q", "--disable-pip-version-check"));
        install.addAll(PACKAGES);
        Ran installed = ran(install.toArray(String[]::new));
        Assumptions.assumeTrue(installed.exit == 0, "Python's registry gives no packages: " + installed.said);
        Files.writeString(done, packages);
        return interpreter.toString();
    }

    static Ran ran(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IOException(command[0] + " does not end");
        }
        return new Ran(process.exitValue(), said);
    }

    /// A script of ours as a file.
    static String script(String name, Path folder) throws IOException {
        Path file = folder.resolve(name);
        try (InputStream in = Objects.requireNonNull(Python.class.getResourceAsStream("/python/" + name))) {
            Files.write(file, in.readAllBytes());
        }
        return file.toString();
    }

    /// A server of ours in Python, which says its port on a line.
    static final class Server implements AutoCloseable {
        private final Process process;
        final int port;

        Server(String... command) throws IOException {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
            BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
            StringBuilder all = new StringBuilder();
            String line;
            while ((line = said.readLine()) != null && !line.matches("\\d+")) {
                all.append(line).append('\n');
            }
            if (line == null) {
                throw new IOException("the server did not start: " + all);
            }
            port = Integer.parseInt(line);
            Thread.ofVirtual().start(() -> said.lines().forEach(l -> {}));
        }

        @Override
        public void close() throws IOException {
            process.getOutputStream().close();
            process.destroy();
        }
    }
}
