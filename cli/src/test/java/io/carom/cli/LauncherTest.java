package io.carom.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher, over an installation and a JDK that only say what they were asked: wherever it lies and
/// from wherever it is called.
final class LauncherTest {
    private static final Path ROOT = Path.of(System.getProperty("carom.root", ".."));

    /// What a fake of Java says.
    private static final String JAVA = """
            #!/bin/sh
            printf '<%s>\\n' "$@"
            echo "ctype=$LC_CTYPE all=$LC_ALL"
            """;

    @TempDir
    Path folder;

    private Path installed;
    private Path jdk;

    private record Said(int exit, String out, String err) {}

    @BeforeEach
    void install() throws IOException {
        installed = folder.resolve("an installation");
        Files.createDirectories(installed.resolve("scripts"));
        Files.createDirectories(installed.resolve("cli/target/lib"));
        Files.copy(ROOT.resolve("carom"), installed.resolve("carom"));
        Files.copy(ROOT.resolve("scripts/find-jdk"), installed.resolve("scripts/find-jdk"));
        Files.createFile(installed.resolve("cli/target/built"));
        jdk = jdk("my jdk", "25.0.1", true);
    }

    private Path jdk(String name, String version, boolean compiles) throws IOException {
        Path home = folder.resolve(name);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        for (String tool : compiles ? List.of("java", "javac") : List.of("java")) {
            Files.writeString(home.resolve("bin").resolve(tool), JAVA);
            assertTrue(home.resolve("bin").resolve(tool).toFile().setExecutable(true));
        }
        return home;
    }

    private Said run(Map<String, String> environment, Path in, String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).directory(in.toFile());
        builder.environment()
                .keySet()
                .removeAll(List.of("CAROM_JAVA_HOME", "JAVA_HOME", "CAROM_JAVA_OPTS", "LC_ALL", "LC_CTYPE", "LANG"));
        builder.environment().putAll(environment);
        Process process = builder.redirectError(folder.resolve("err").toFile()).start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(120, TimeUnit.SECONDS));
        return new Said(process.exitValue(), out, Files.readString(folder.resolve("err")));
    }

    private Said carom(Map<String, String> environment, String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = installed.resolve("carom").toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return run(environment, folder, command);
    }

    private Said find(Map<String, String> environment, String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = installed.resolve("scripts/find-jdk").toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return run(environment, folder, command);
    }

    @Test
    void byLinksToLinksFromElsewhereAndWithSpacesInItsNameItFindsItself() throws Exception {
        Path elsewhere = Files.createDirectories(folder.resolve("else where"));
        Files.createSymbolicLink(folder.resolve("first"), Path.of("an installation", "carom"));
        Files.createSymbolicLink(elsewhere.resolve("carom"), Path.of("..", "first"));
        Said said = run(
                Map.of("CAROM_JAVA_HOME", jdk.toString(), "CDPATH", "/tmp:" + folder),
                elsewhere,
                "./carom",
                "query",
                "select * from x");
        assertEquals(0, said.exit, said.err);
        Path target = installed.toRealPath().resolve("cli/target");
        assertTrue(said.out.contains("<" + target + "/carom.jar:" + target + "/lib/*>\n"), said.out);
        assertTrue(said.out.contains("<io.carom.cli.Main>\n<query>\n<select * from x>\n"), said.out);
        assertEquals("", said.err);
    }

    @Test
    void aServerHasAnotherMemoryThanACommandAndOptionsOfOnesOwnComeLast() throws Exception {
        Map<String, String> own = Map.of("CAROM_JAVA_HOME", jdk.toString(), "CAROM_JAVA_OPTS", "-Xmx3g -Dx=*");
        Said server = carom(own, "serve", "--no-tls");
        assertTrue(server.out.contains("<-XX:MaxRAMPercentage=50>"), server.out);
        assertTrue(server.out.contains("<-Xmx3g>\n<-Dx=*>\n<-cp>"), server.out);
        for (String[] command : new String[][] {{"convert", "x"}, {"serve", "account", "list"}}) {
            String out = carom(own, command).out;
            assertTrue(out.contains("<-Xmx512m>") && !out.contains("MaxRAMPercentage"), out);
        }
    }

    @Test
    void namesOfFilesAreUtf8WhereNoLanguageIsSetAndElseAsItIsSet() throws Exception {
        String java = jdk.toString();
        assertTrue(carom(Map.of("CAROM_JAVA_HOME", java)).out.contains("ctype=C.UTF-8 all=\n"));
        assertTrue(carom(Map.of("CAROM_JAVA_HOME", java, "LC_ALL", "C")).out.contains("all=C.UTF-8\n"));
        assertTrue(carom(Map.of("CAROM_JAVA_HOME", java, "LANG", "de_DE.UTF-8"))
                .out
                .contains("ctype= all=\n"));
    }

    @Test
    void whatLooksOnIsToldToJava() throws Exception {
        assertTrue(carom(Map.of("CAROM_JAVA_HOME", jdk.toString())).out.contains("<-Dcarom.terminal=>"));
    }

    @Test
    void aJdkIsFoundBehindLinksOnThePathAndByItsHome() throws Exception {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Files.createSymbolicLink(folder.resolve("alternative"), Path.of("my jdk", "bin", "javac"));
        Files.createSymbolicLink(bin.resolve("javac"), Path.of("..", "alternative"));
        String path = bin + ":/usr/bin:/bin";
        assertEquals(jdk.toRealPath() + "\n", find(Map.of("PATH", path)).out);
        Path other = jdk("other", "25.0.2", true);
        assertEquals(other + "\n", find(Map.of("PATH", path, "JAVA_HOME", other.toString())).out);
        // An older one there is passed over.
        Path old = jdk("old", "21.0.5", true);
        assertEquals(jdk.toRealPath() + "\n", find(Map.of("PATH", path, "JAVA_HOME", old.toString())).out);
    }

    @Test
    void whatWasNamedAndIsNoneIsToldAndNothingElseTaken() throws Exception {
        Path old = jdk("old", "21.0.5", true);
        Said said = find(Map.of("CAROM_JAVA_HOME", old.toString(), "JAVA_HOME", jdk.toString()));
        assertEquals(1, said.exit);
        assertEquals("", said.out);
        assertTrue(
                said.err.contains("CAROM_JAVA_HOME is " + old + ", which is no JDK 25") && said.err.contains("21.0.5"));
        assertEquals(1, carom(Map.of("CAROM_JAVA_HOME", old.toString()), "help").exit);
    }

    @Test
    void whatIsBuiltRunsWithoutACompiler() throws Exception {
        Path jre = jdk("jre", "25", false);
        Map<String, String> named = Map.of("CAROM_JAVA_HOME", jre.toString());
        assertEquals(1, find(named).exit);
        assertEquals(jre + "\n", find(named, "--run").out);
        Said said = carom(named, "help");
        assertEquals(0, said.exit, said.err);
        assertTrue(said.out.contains("<help>"), said.out);
    }

    @Test
    void anInstallationOfSomebodyElseRunsAsItWasBuiltAndSaysSoIfItWasNot() throws Exception {
        Path source =
                Files.createDirectories(installed.resolve("core/src/main")).resolve("New.java");
        Files.writeString(source, "class New {}");
        Files.setLastModifiedTime(
                source,
                java.nio.file.attribute.FileTime.from(java.time.Instant.now().plusSeconds(3_600)));
        Path target = installed.resolve("cli/target");
        assertTrue(target.toFile().setWritable(false));
        try {
            assumeFalse(Files.isWritable(target), "who may write everywhere finds nothing that cannot be written");
            Said said = carom(Map.of("CAROM_JAVA_HOME", jdk.toString()), "help");
            assertEquals(0, said.exit, said.err);
            assertTrue(target.toFile().setWritable(true));
            Files.delete(target.resolve("built"));
            assertTrue(target.toFile().setWritable(false));
            said = carom(Map.of("CAROM_JAVA_HOME", jdk.toString()), "help");
            assertEquals(1, said.exit);
            assertTrue(said.err.contains("scripts/build once"), said.err);
        } finally {
            assertTrue(target.toFile().setWritable(true));
        }
    }

    @Test
    void aFolderThatNoClassPathCanNameIsToldToBeMoved() throws Exception {
        Path odd = folder.resolve("a:b");
        Files.move(installed, odd);
        installed = odd;
        Said said = carom(Map.of("CAROM_JAVA_HOME", jdk.toString()), "help");
        assertEquals(1, said.exit);
        assertTrue(said.err.contains("has a colon in its name"), said.err);
        assertFalse(said.out.contains("<help>"), said.out);
    }

    @Test
    void aRunOverLittleLeavesTheSecondCompilerOut() throws Exception {
        String out = "<-XX:TieredStopAtLevel=1>";
        Map<String, String> environment = Map.of("JAVA_HOME", jdk.toString());
        Path logs = Files.createDirectories(folder.resolve("some logs"));
        Files.write(logs.resolve("a.evtx"), new byte[1 << 20]);
        Path archive = Files.write(folder.resolve("a b.tar.gz"), new byte[1 << 20]);
        for (String[] little : new String[][] {
            {"detect", "--json", logs.toString()},
            {"convert", logs.resolve("a.evtx").toString(), archive.toString()},
            {"rules", "list"}
        }) {
            assertTrue(carom(environment, little).out().contains(out), () -> String.join(" ", little));
        }
        Path packed = Files.write(folder.resolve("large.zip"), new byte[5 << 20]);
        Path large = Files.write(folder.resolve("large.log"), new byte[70 << 20]);
        for (String[] more : new String[][] {
            {"detect", "-"},
            {"detect", folder.resolve("*.evtx").toString()},
            {"detect", "--rules", logs.toString(), packed.toString()},
            {"convert", large.toString(), logs.toString()},
            {"convert", folder.toString()},
            {"convert", "/dev/fd/63"},
            {"investigate", logs.toString()},
            {"serve"}
        }) {
            assertFalse(carom(environment, more).out().contains(out), () -> String.join(" ", more));
        }
    }
}
