package io.carom.cli;

import io.carom.cases.Cases;
import io.carom.certificate.Authority;
import io.carom.certificate.Pem;
import io.carom.intel.Tlp;
import io.carom.server.account.Account;
import io.carom.server.account.Accounts;
import io.carom.server.account.People;
import io.carom.server.account.Role;
import io.carom.taxii.CollectionStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// An account, or something more that one can show.
@Command(
        name = "add",
        header = {
            "Makes an account, or changes the one of that name in what is given. Without another way to show who it is,",
            "a new one gets a password, which is printed here and nowhere else.",
            ""
        },
        mixinStandardHelpOptions = true)
final class ServeAccountAddCommand implements Callable<Integer> {
    @Mixin
    Common common = new Common();

    @Parameters(paramLabel = "NAME", description = "What the account is called.")
    String name = "";

    @Option(names = "--client", paramLabel = "NAME", description = "Whose collection it sees.")
    @Nullable
    String client;

    @Option(names = "--write", negatable = true, description = "May add to that collection, and delete from it.")
    @Nullable
    Boolean write;

    @Option(
            names = "--tlp",
            paramLabel = "LEVEL",
            description = "Sees of what is shared what may go to this circle:"
                    + " clear, green or amber; none for nothing of it.")
    @Nullable
    String tlp;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "The password is the first line of this file; - for input. Tokens made before end.")
    @Nullable
    String passwordFile;

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            description = "Makes it a person's, for the dashboard and the API: administrator, analyst, auditor, or with"
                    + " --client client-analyst, client-reader.")
    @Nullable
    String role;

    @Option(
            names = "--break-glass",
            description =
                    "An administrator for the day on which nothing else lets anybody in: its sign-ins stand out in"
                            + " the audit log.")
    boolean breakGlass;

    @Option(names = "--token", description = "Makes a token, which is printed here and nowhere else.")
    boolean token;

    @Option(names = "--expires", paramLabel = "DAYS", description = "The token is good for so long: 90d.")
    @Nullable
    String expires;

    @Option(
            names = "--scope",
            paramLabel = "SCOPE",
            split = ",",
            description = "The token is for this alone: read," + " write.")
    List<String> scope = new ArrayList<>();

    @Option(names = "--certificate", paramLabel = "FILE", description = "PEM: a certificate that it shows.")
    @Nullable
    Path certificate;

    @Option(
            names = "--new-certificate",
            paramLabel = "FILE",
            description = "Makes a key and a certificate of the" + " home's authority for it, in one file of PEM.")
    @Nullable
    Path newCertificate;

    @Override
    public Integer call() throws Exception {
        CommandLine program = Objects.requireNonNull(common.spec).commandLine();
        if (!token && (expires != null || !scope.isEmpty())) {
            throw new CommandLine.ParameterException(program, "--expires and --scope are of a token: add --token");
        }
        for (String one : scope) {
            if (!one.equals("read") && !one.equals("write")) {
                throw new CommandLine.ParameterException(program, "--scope: expected read or write, not " + one);
            }
        }
        Instant now = Instant.now();
        Instant until = expires == null ? null : now.plus(days(program, expires));
        String password = passwordFile == null ? null : read(program, passwordFile);
        try (Accounts accounts = Accounts.open(common.home())) {
            Account before = accounts.account(name);
            Account account = stated(program, before);
            accounts.put(account, now);
            if (before == null || !Objects.equals(before.client(), account.client())) {
                // What was kept under that name was another's, or of another client's events.
                forgetSearches(common.home(), name);
            }
            person(program, account);
            ObjectNode line = ServeAccountListCommand.described(account);
            String whose = account.client();
            if (whose != null) {
                try (CollectionStore store = CollectionStore.open(common.home())) {
                    line.put("collection", store.collectionOf(whose));
                }
            }
            show(accounts, line, before == null, password, until, now);
            tell(line);
        }
        return Exit.DONE;
    }

    static void forgetSearches(Path home, String name) throws IOException {
        if (Files.isRegularFile(home.resolve("cases.db"))) {
            try (Cases cases = Cases.open(home)) {
                cases.searches().forget(name);
            }
        }
    }

    private void person(CommandLine program, Account account) throws IOException {
        String named = breakGlass ? Role.ADMINISTRATOR.label() : role;
        if (named == null) {
            return;
        }
        Role known = Role.labelled(named);
        if (known == null || breakGlass && role != null && known != Role.labelled(role)) {
            throw new CommandLine.ParameterException(
                    program,
                    "--role: expected administrator, analyst, auditor, client-analyst or client-reader, not \""
                            + Shown.text(String.valueOf(role), 40) + "\"");
        }
        try (People people = People.open(common.home())) {
            people.put(account, known, breakGlass);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(program, "--role: " + e.getMessage());
        }
    }

    private void show(
            Accounts accounts,
            ObjectNode line,
            boolean isNew,
            @Nullable String password,
            @Nullable Instant until,
            Instant now)
            throws IOException {
        if (certificate != null) {
            accounts.certificate(name, Pem.certificates(certificate).getFirst());
        }
        if (newCertificate != null) {
            Authority.Issued made = Authority.of(common.home(), now).client(name, now);
            Pem.write(newCertificate, Pem.text(made.key(), made.certificate()), true);
            accounts.certificate(name, made.certificate());
            line.put("certificate", newCertificate.toString());
        }
        // First: it ends the tokens of before.
        if (password != null) {
            accounts.password(name, password);
        }
        if (token) {
            boolean any = scope.isEmpty();
            line.put(
                    "token",
                    accounts.token(name, any || scope.contains("read"), any || scope.contains("write"), until, now));
        }
        if (password == null && isNew && !token && certificate == null && newCertificate == null) {
            line.put("password", accounts.password(name, null));
        }
    }

    private void tell(ObjectNode line) {
        if (common.json) {
            common.out().println(line);
            return;
        }
        for (String what : List.of("collection", "password", "token", "certificate")) {
            if (line.has(what)) {
                common.out().println(what + "  " + line.get(what).stringValue());
            }
        }
    }

    /// What is given, and else what was.
    private Account stated(CommandLine program, @Nullable Account before) {
        Tlp circle = before == null ? null : before.circle();
        if (tlp != null) {
            circle = Tlp.of(tlp);
            if (circle == null && !tlp.equals("none")) {
                throw new CommandLine.ParameterException(
                        program, "--tlp: expected clear, green, amber or none, not \"" + tlp + "\"");
            }
        }
        try {
            return new Account(
                    name,
                    client == null && before != null ? before.client() : client,
                    circle,
                    write == null ? before != null && before.write() : write);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(program, String.valueOf(e.getMessage()));
        }
    }

    private static Duration days(CommandLine program, String text) {
        if (!text.matches("[1-9][0-9]{0,3}d")) {
            throw new CommandLine.ParameterException(program, "--expires: expected days such as 90d");
        }
        return Duration.ofDays(Integer.parseInt(text.substring(0, text.length() - 1)));
    }

    private static String read(CommandLine program, String file) throws IOException {
        String text = file.equals("-")
                ? new String(System.in.readNBytes(4096), StandardCharsets.UTF_8)
                : TextFile.read(Path.of(file));
        String first = text.lines().findFirst().orElse("");
        if (first.length() < 12) {
            throw new CommandLine.ParameterException(
                    program, "--password-file: a password has 12 characters or more; leave it out and one is made");
        }
        return first;
    }
}
