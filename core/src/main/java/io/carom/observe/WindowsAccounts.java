package io.carom.observe;

import java.util.Set;

/// Accounts that Windows has of its own on each machine, lower-case: of nobody, and without a password.
public final class WindowsAccounts {
    /// Those of the identifiers S-1-5-18, -19, -20 and -7, as Windows calls them in English and in other
    /// languages.
    public static final Set<String> OWN = Set.of(
            "system",
            "local service",
            "network service",
            "anonymous logon",
            "localsystem",
            "système",
            "sistema",
            "система",
            "lokaler dienst",
            "netzwerkdienst",
            "anonymous-anmeldung",
            "service local",
            "service réseau",
            "servicio local",
            "servicio de red",
            "servizio locale",
            "servizio di rete",
            "serviço local",
            "serviço de rede",
            "usługa lokalna",
            "usługa sieciowa",
            "lokale service",
            "netwerkservice",
            "локальная служба",
            "сетевая служба");

    private WindowsAccounts() {}
}
