package io.carom.server;

import io.carom.advise.NetworkWay;
import io.carom.config.ConfigException;
import io.carom.home.HomeLayout;
import io.carom.server.account.Account;
import io.carom.server.account.Accounts;
import io.carom.server.account.Authenticator;
import io.carom.server.account.People;
import io.carom.server.account.Role;
import io.carom.server.account.Vault;
import io.carom.server.api.ApiRoutes;
import io.carom.server.api.Desk;
import io.carom.server.audit.AuditLog;
import io.carom.server.http.Cost;
import io.carom.server.http.Gate;
import io.carom.server.http.Identity;
import io.carom.server.http.RateLimiter;
import io.carom.server.http.RateLimits;
import io.carom.server.http.Refused;
import io.carom.server.http.Route;
import io.carom.server.http.UnreadableRequests;
import io.carom.server.listen.PrometheusText;
import io.carom.server.log.Log;
import io.carom.server.passkey.Passkeys;
import io.carom.server.provider.Providers;
import io.carom.server.taxii.TaxiiRoutes;
import io.carom.server.tls.ServerTls;
import io.carom.server.web.PageRoutes;
import io.carom.server.web.Shell;
import io.carom.server.web.SignIn;
import io.carom.view.Views;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/// A server that runs. All routes are in one table; whoever adds an answer adds a line there.
public final class CaromServer implements AutoCloseable {
    private static final Duration IDLE = Duration.ofSeconds(60);
    /// How long a stop waits for requests that are being answered.
    private static final Duration STOPPING = Duration.ofSeconds(10);

    private final ServerOptions options;
    private final Javalin javalin;
    private final List<Route> routes;
    private final @Nullable ServerTls tls;
    private final Accounts accounts;
    private final People people;
    private final AuditLog audit;
    private final Providers providers;
    private final Views views;
    private final ApiRoutes api;
    private final TaxiiRoutes taxii;
    private final SharedIndicators shared;
    private final RateLimiter limiter;
    private volatile Operations operations = Operations.NONE;
    private volatile @Nullable String mailPage;

    private CaromServer(ServerOptions options, InetAddress address, @Nullable ServerTls tls)
            throws IOException, ConfigException {
        this.options = options;
        this.tls = tls;
        RateLimits limits = options.limits();
        this.limiter =
                new RateLimiter(limits == null ? ServeFile.read(options.home()).limits() : limits, options.clock());
        this.providers = Providers.open(options.home(), options.clock());
        this.accounts = Accounts.open(options.home());
        this.people = People.open(options.home());
        this.audit = AuditLog.open(options.home());
        this.views = new Views(options.home(), options.clock());
        Passkeys passkeys = new Passkeys(people, Vault.open(options.home()), providers.address(), options.clock());
        Desk desk = new Desk(options.home(), views, accounts, people, audit, providers, passkeys, options.clock());
        Authenticator authenticator = new Authenticator(accounts, options.clock());
        this.api = new ApiRoutes(desk, authenticator);
        this.taxii = new TaxiiRoutes(options.home(), options.clock());
        this.shared = new SharedIndicators(options.home(), options.clock(), Log.of("feed")::warn);
        this.routes = new ArrayList<>();
        routes.add(Route.open(HandlerType.GET, "/healthz", context -> context.result("ok\n"))
                .costing(Cost.FREE));
        routes.add(Route.open(HandlerType.GET, "/readyz", this::ready).costing(Cost.FREE));
        routes.add(Route.open(HandlerType.GET, "/metrics", this::metrics));
        routes.addAll(taxii.routes());
        routes.addAll(api.routes());
        routes.addAll(new PageRoutes(desk, authenticator).routes());
        Gate gate = new Gate(
                new Identity(authenticator, accounts, people, providers, options.clock()),
                audit,
                limiter,
                options.clock(),
                PageRoutes::refuse);
        this.javalin = Javalin.create(config -> configure(config, address, gate));
    }

    /// Starts; on return the server takes requests.
    ///
    /// @throws IOException if it cannot listen there, or has no certificate
    /// @throws ConfigException with all that is wrong with the home's `sign-in.yaml` or `serve.yaml`
    public static CaromServer start(ServerOptions options) throws IOException, ConfigException {
        InetAddress address;
        try {
            address = InetAddress.getByName(options.listen());
        } catch (UnknownHostException e) {
            throw new IOException(
                    "nothing is called \"" + options.listen() + "\"; expected an address of this machine,"
                            + " such as 127.0.0.1 or 0.0.0.0",
                    e);
        }
        if (!options.tls() && !address.isLoopbackAddress()) {
            throw new IOException("without TLS only this machine may ask: listen on 127.0.0.1, or leave TLS on");
        }
        HomeLayout.check(options.home());
        ServerTls tls = tls(options);
        CaromServer server = new CaromServer(options, address, tls);
        try {
            server.javalin.start();
        } catch (RuntimeException e) {
            server.close();
            throw new IOException(
                    "cannot listen on " + options.listen() + " port " + options.port() + ": " + cause(e), e);
        }
        server.shared.start();
        return server;
    }

    private static String cause(Throwable e) {
        Throwable first = e;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        return String.valueOf(first.getMessage());
    }

    private static @Nullable ServerTls tls(ServerOptions options) throws IOException {
        Path certificate = options.certificate();
        Path key = options.key();
        if (!options.tls()) {
            return null;
        }
        return certificate != null && key != null
                ? ServerTls.given(certificate, key)
                : ServerTls.own(
                        options.home(),
                        ServerTls.names(options.listen(), options.names()),
                        options.clock().instant());
    }

    private void configure(JavalinConfig config, InetAddress address, Gate gate) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.prefer405over404 = true;
        config.http.generateEtags = false;
        config.jetty.modifyServer(server -> {
            server.setStopTimeout(STOPPING.toMillis());
            server.insertHandler(new GracefulHandler());
            server.setErrorHandler(new UnreadableRequests());
        });
        config.jetty.modifyHttpConfiguration(http -> {
            http.setSendServerVersion(false);
            http.setSendDateHeader(true);
            http.setRequestHeaderSize(16 << 10);
        });
        config.jetty.addConnector((server, http) -> connector(server, http, address, options.port(), tls));
        config.routes.before(context -> context.attribute(Shell.MAIL, mailPage));
        for (Route route : routes) {
            config.routes.addHttpHandler(route.method(), route.path(), gate.before(route));
        }
        config.routes.exception(HttpResponseException.class, (e, context) -> gate.noRoute(context, e));
        config.routes.exception(Exception.class, (e, context) -> gate.failed(context, e));
    }

    private static ServerConnector connector(
            Server server, HttpConfiguration http, InetAddress address, int port, @Nullable ServerTls tls) {
        ServerConnector connector;
        if (tls == null) {
            connector = new ServerConnector(server, new HttpConnectionFactory(http));
        } else {
            HttpConfiguration secure = new HttpConfiguration(http);
            // Clients call by address as well as by name, so the name they ask for decides nothing.
            secure.addCustomizer(new SecureRequestCustomizer(false));
            SslContextFactory.Server ssl = new SslContextFactory.Server();
            ssl.setSslContext(tls.context());
            ssl.setWantClientAuth(true);
            connector = new ServerConnector(
                    server, new SslConnectionFactory(ssl, "http/1.1"), new HttpConnectionFactory(secure));
        }
        connector.setHost(address.getHostAddress());
        connector.setPort(port);
        connector.setIdleTimeout(IDLE.toMillis());
        return connector;
    }

    /// An address that signs an administrator of that name in without a password, good once and for an
    /// hour: for a home that was made to be looked at, by who made it. The account is made if there is
    /// none.
    public URI enter(String administrator) throws IOException {
        Account account = new Account(administrator, null, null, false);
        accounts.put(account, options.clock().instant());
        people.put(account, Role.ADMINISTRATOR, false);
        return address()
                .resolve("enter/"
                        + people.once(
                                SignIn.ENTER + administrator,
                                Duration.ofHours(1),
                                options.clock().instant()));
    }

    /// Where the private mail network's page is, which another process serves: pages for our own people
    /// lead there.
    public void mailPage(URI where) {
        mailPage = where.toString();
    }

    /// The private mail network, by which clients are told too.
    public void network(NetworkWay network) {
        views.network(network);
    }

    /// What runs beside the answers: asked for `/readyz` and `/metrics`.
    public void operations(Operations what) {
        operations = what;
    }

    private void ready(Context context) {
        String why = operations.notReady();
        context.status(why == null ? 200 : 503).result(why == null ? "ready\n" : why + "\n");
    }

    /// Figures name clients and sources: they are for who shows the token that is set for them, and to
    /// others not there.
    private void metrics(Context context) throws Refused {
        String token = operations.metricsToken();
        String shown = context.header("Authorization");
        byte[] wanted = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
        if (token == null || shown == null || !MessageDigest.isEqual(wanted, shown.getBytes(StandardCharsets.UTF_8))) {
            throw new Refused(404, "Not found", "There is nothing here.");
        }
        context.contentType("text/plain; version=0.0.4; charset=utf-8").result(operations.metrics() + requests());
    }

    private String requests() {
        PrometheusText out = new PrometheusText();
        for (boolean refused : new boolean[] {false, true}) {
            for (Cost cost : Cost.values()) {
                for (boolean ofPeople : new boolean[] {true, false}) {
                    out.add(
                            refused ? "carom_http_limited_total" : "carom_http_requests_total",
                            "counter",
                            refused ? "Requests answered with 429 for a rate limit" : "Requests within the rate limits",
                            limiter.count(ofPeople, refused, cost),
                            "cost",
                            cost.label(),
                            "by",
                            ofPeople ? "person" : "stranger");
                }
            }
        }
        out.add("carom_http_limiter_held", "gauge", "Accounts and addresses that are counted", limiter.held());
        return out.toString();
    }

    public List<Route> table() {
        return List.copyOf(routes);
    }

    /// Where it answers.
    public URI address() {
        String host = options.listen().indexOf(':') >= 0 && !options.listen().startsWith("[")
                ? "[" + options.listen() + "]"
                : options.listen();
        return URI.create((tls == null ? "http://" : "https://") + host + ":" + javalin.port() + "/");
    }

    /// The file that clients are to trust; null without TLS, and where the certificate was given.
    public @Nullable Path authority() {
        return tls == null ? null : tls.authority();
    }

    /// The address at which the first administrator is made, good once and for a day; null if there is
    /// one.
    public @Nullable URI firstAdministrator() throws IOException {
        return people.hasAdministrator()
                ? null
                : address()
                        .resolve("welcome/"
                                + people.once(
                                        "", Duration.ofDays(1), options.clock().instant()));
    }

    /// Takes no more requests, answers those it has, and stops.
    @Override
    public void close() throws IOException {
        api.close();
        javalin.stop();
        providers.close();
        shared.close();
        taxii.close();
        views.close();
        audit.close();
        people.close();
        accounts.close();
    }
}
