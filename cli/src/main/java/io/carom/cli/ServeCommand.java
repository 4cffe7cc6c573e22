package io.carom.cli;

import io.carom.advise.AdviseStore;
import io.carom.advise.Delivery;
import io.carom.config.ConfigException;
import io.carom.mailnet.Network;
import io.carom.mailnet.NetworkSettings;
import io.carom.server.CaromServer;
import io.carom.server.ServerOptions;
import io.carom.server.StandingWork;
import io.carom.server.log.Log;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// The server.
@Command(
        name = "serve",
        header = {
            "Answers over HTTPS until it is stopped. Ctrl-C stops it when what it is answering is answered.",
            "",
            "  carom serve",
            "  carom serve --listen 0.0.0.0 --port 443 --certificate chain.pem --key key.pem",
            "  carom serve --no-tls --port 0 --json",
            "  carom serve --listen syslog-tls=0.0.0.0:6514 --listen https=0.0.0.0:8088 --rules sigma/rules",
            "",
            "Listeners (docs/listeners.md) are named here or in listeners.yaml of the home; what they",
            "receive is kept and looked at as it comes, and findings are told within a second.",
            "",
            "Feeds (carom intel add https://…) are asked as often as they are to be, what is new is hunted",
            "for in all that is kept, and advice that nobody acknowledged is sent again.",
            "",
            "Without a certificate it makes an authority of its own in the home; clients are given its ca.crt.",
            ""
        },
        subcommands = ServeAccountCommand.class,
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Mixin
    LiveServing live = new LiveServing();

    private String listen = "";

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8443",
            description = "0 for any that is free (default ${DEFAULT-VALUE}).")
    int port;

    @Option(
            names = "--name",
            paramLabel = "HOST",
            split = ",",
            description = "Names by which clients call this server.")
    List<String> names = new ArrayList<>();

    @Option(names = "--certificate", paramLabel = "FILE", description = "PEM: the certificate, then its chain.")
    @Nullable
    Path certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "PEM: the certificate's key, without a password.")
    @Nullable
    Path key;

    @Option(
            names = "--mail-network",
            description = "Serves the home's private mail network beside it. Better is a process of its own, on another"
                    + " machine: carom mail network start.")
    boolean mailNetwork;

    @Option(names = "--no-tls", description = "Plain HTTP, for this machine alone.")
    boolean plain;

    @Option(
            names = "--log",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description =
                    "How the log on standard error is written: text, or json for an object a line (docs/operations.md).")
    Log.Format log = Log.Format.TEXT;

    @Override
    public Integer call() throws Exception {
        Log.to(Objects.requireNonNull(common.spec).commandLine().getErr(), log, InstantSource.system());
        common.log = Log.of("serve");
        // Whatever part it was: it does not come back by itself, and nobody would know.
        Thread.setDefaultUncaughtExceptionHandler((thread, fault) ->
                Log.of("serve").error(thread.getName() + " STOPPED by a fault; start the server again", null, fault));
        // From before the first record is taken: who is told to stop while starting finishes that too.
        StopSignal stop = new StopSignal();
        ServerOptions options = options();
        LiveServing.Running line = live.start(common, options);
        CaromServer server;
        MailNetworkServing mail = null;
        URI page;
        try {
            mail = mailNetwork ? MailNetworkServing.start(common) : null;
            page = mail == null ? mailPage() : mail.page();
            server = CaromServer.start(options);
        } catch (IOException | ConfigException e) {
            if (mail != null) {
                mail.close();
            }
            if (line != null) {
                line.close();
            }
            throw e;
        }
        if (line != null) {
            server.operations(line.operations());
        }
        if (page != null) {
            server.mailPage(page);
        }
        server.network(new MailNetworkWay(common.home()));
        tell(server);
        if (mail != null) {
            mail.tell();
        }
        StandingWork work = StandingWork.start(
                common.home(),
                InstantSource.system(),
                System.getenv(),
                network(common.home()),
                Log.of("standing work")::info);
        stop.await();
        server.close();
        work.close();
        if (mail != null) {
            mail.close();
        }
        if (line != null) {
            line.close();
        }
        return Exit.DONE;
    }

    private static StandingWork.MailNetwork network(Path home) {
        return new StandingWork.MailNetwork() {
            @Override
            public Delivery to(List<String> addresses) {
                return new MailNetworkDelivery(home, addresses);
            }

            @Override
            public void collect(AdviseStore store) throws IOException, ConfigException {
                MailNetworkDelivery.collect(home, store);
            }
        };
    }

    /// Where the page of the home's mail network is, which another process serves; null if there is no
    /// network.
    private @Nullable URI mailPage() throws IOException, ConfigException {
        if (!Network.exists(common.home())) {
            return null;
        }
        NetworkSettings settings = NetworkSettings.of(common.home());
        int port = settings.ports().members();
        return port == 0 ? null : settings.page(port);
    }

    private ServerOptions options() throws IOException {
        CommandLine program = Objects.requireNonNull(common.spec).commandLine();
        listen = live.address(program);
        if ((certificate == null) != (key == null)) {
            throw new CommandLine.ParameterException(program, "--certificate and --key go together");
        }
        if (plain && certificate != null) {
            throw new CommandLine.ParameterException(program, "--no-tls has no use for a certificate");
        }
        if (plain && !InetAddress.getByName(listen).isLoopbackAddress()) {
            throw new CommandLine.ParameterException(
                    program, "--no-tls: without TLS only this machine may ask; leave out --listen " + listen);
        }
        if (port < 0 || port > 65_535) {
            throw new CommandLine.ParameterException(program, "--port: expected a number from 0 to 65535");
        }
        return new ServerOptions(common.home(), listen, port, !plain, certificate, key, names, InstantSource.system());
    }

    private void tell(CaromServer server) throws IOException {
        URI first = server.firstAdministrator();
        Path authority = server.authority();
        if (common.json) {
            ObjectNode line = JSON.createObjectNode();
            line.put("address", server.address().toString());
            line.put("taxii", server.address().resolve("taxii2/").toString());
            line.put("api", server.address().resolve("api/v1/").toString());
            line.put("first_administrator", first == null ? null : first.toString());
            line.put("authority", authority == null ? null : authority.toString());
            common.out().println(line);
        } else {
            common.out().println(server.address());
            if (first != null) {
                common.out().println("the first administrator is made at " + first);
                common.note("that address is good once, and for a day");
            }
        }
        common.out().flush();
        if (authority != null) {
            common.note("clients are to trust " + authority);
        }
    }
}
