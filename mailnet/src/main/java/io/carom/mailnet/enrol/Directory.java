package io.carom.mailnet.enrol;

import io.carom.certificate.Authority;
import io.carom.certificate.Certificates;
import io.carom.certificate.Pem;
import io.carom.mailnet.Network;
import io.carom.mailnet.federation.Card;
import io.carom.mailnet.federation.Peers;
import io.carom.mailnet.identity.Address;
import io.carom.mailnet.identity.Members;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Who can be written to, with the certificates to encrypt to, as a network's members port tells it.
///
/// @param authorities the network's and its peers', by domain
public record Directory(List<Peers.Correspondent> members, Map<String, X509Certificate> authorities) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// Members of another network, asked for with this network's own certificate.
    public static List<Peers.Correspondent> ofPeer(Peers.Peer peer, Authority.Issued own, X509Certificate authority)
            throws IOException {
        Pinned.Answer answer = Pinned.ask(
                peer.host(),
                peer.membersPort(),
                Certificates.fingerprint(peer.authority()),
                peer.domain(),
                own,
                authority,
                "GET",
                "/members",
                new byte[0]);
        return read(answer).members();
    }

    /// The authority that stands behind a card's route, which must be the card's.
    public static X509Certificate authority(Card card) throws IOException {
        return Pinned.ask(
                        card.host(),
                        card.membersPort(),
                        card.fingerprint(),
                        card.domain(),
                        null,
                        null,
                        "GET",
                        "/ca.crt",
                        new byte[0])
                .authority();
    }

    static Directory read(Pinned.Answer answer) throws IOException {
        JsonNode json;
        try {
            json = JSON.readTree(answer.body());
        } catch (JacksonException e) {
            throw new IOException("the answer is no JSON", e);
        }
        if (answer.status() != 200) {
            throw new IOException(json.path("error").asString("HTTP " + answer.status()));
        }
        List<Peers.Correspondent> members = new ArrayList<>();
        for (JsonNode one : json.path("members")) {
            Address address = Address.of(one.path("address").asString("")).orElse(null);
            if (address != null) {
                members.add(new Peers.Correspondent(
                        address,
                        one.path("name").asString(""),
                        certificate(one.path("certificate").asString(""))));
            }
        }
        Map<String, X509Certificate> authorities = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> one : json.path("authorities").properties()) {
            authorities.put(one.getKey(), certificate(one.getValue().asString("")));
        }
        return new Directory(members, authorities);
    }

    static X509Certificate certificate(String pem) throws IOException {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
        } catch (CertificateException e) {
            throw new IOException("a certificate cannot be read: " + e.getMessage(), e);
        }
    }

    /// To a member all whom it can write to; to another network the members here.
    public static ObjectNode told(Network network, boolean member) throws IOException {
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode all = answer.putArray("members");
        for (Members.Member one : network.members().all()) {
            X509Certificate certificate = one.certificate();
            if (one.revoked() == null && certificate != null) {
                put(all, one.address().toString(), one.name(), certificate);
            }
        }
        ObjectNode authorities = answer.putObject("authorities");
        authorities.put(
                network.settings().domain(), Pem.text(network.authority().certificate()));
        if (member) {
            for (Peers.Correspondent one : network.peers().correspondents()) {
                put(all, one.address().toString(), one.name(), one.certificate());
            }
            for (Peers.Peer one : network.peers().all()) {
                if (one.ended() == null) {
                    authorities.put(one.domain(), Pem.text(one.authority()));
                }
            }
        }
        return answer;
    }

    private static void put(ArrayNode all, String address, String name, X509Certificate certificate)
            throws IOException {
        all.addObject()
                .put("address", address)
                .put("name", name)
                .put("fingerprint", Certificates.fingerprint(certificate))
                .put("certificate", Pem.text(certificate));
    }
}
