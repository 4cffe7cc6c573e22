package io.carom.mailnet.enrol;

import java.nio.file.Path;
import tools.jackson.databind.node.ObjectNode;

/// A configuration that mutt and neomutt start with as it is: `mutt -F muttrc`. Mail is encrypted and
/// signed with OpenSSL's `cms`, by the certificates in the member's folder. Which mechanism signs in is
/// left to the program: with a certificate that is EXTERNAL, which some versions do not take by name.
final class MuttConfiguration {
    private MuttConfiguration() {}

    /// Within quotes mutt runs what stands between backticks and puts in variables.
    private static String quoted(String text) {
        return text.replaceAll("[\\\\\"`$]", "\\\\$0");
    }

    /// @param settings as {@link Membership#checked} lets them through
    /// @param key the file name of the member's own key
    static String of(Path folder, ObjectNode settings, String key) {
        String at = quoted(folder.toAbsolutePath().toString());
        String address = quoted(settings.path("address").asString(""));
        String host = settings.path("host").asString("");
        String user = address.replace("@", "%40");
        return """
                set from = "%1$s"
                set use_from = yes
                set use_envelope_from = yes
                set ssl_force_tls = yes
                set ssl_use_tlsv1_2 = no
                set ssl_use_tlsv1_3 = yes
                set ssl_ca_certificates_file = "%2$s/ca.crt"
                set certificate_file = "%2$s/ca.crt"
                set ssl_client_cert = "%2$s/client.pem"
                # Nothing secret: some builds ask for a password though the certificate is enough.
                set imap_pass = "certificate"
                set folder = "imaps://%3$s@%4$s:%5$d/"
                set spoolfile = "imaps://%3$s@%4$s:%5$d/INBOX"
                set record = "imaps://%3$s@%4$s:%5$d/Sent"
                set postponed = "imaps://%3$s@%4$s:%5$d/Drafts"
                set smtp_url = "smtps://%3$s@%4$s:%6$d/"
                set crypt_use_gpgme = no
                set smime_is_default = yes
                set crypt_autosmime = yes
                set crypt_autoencrypt = yes
                set crypt_replyencrypt = yes
                set fcc_clear = no
                set postpone_encrypt = yes
                set smime_certificates = "%2$s/smime/certificates"
                set smime_keys = "%2$s/smime/keys"
                set smime_ca_location = "%2$s/authorities.pem"
                set smime_default_key = "%7$s"
                set smime_encrypt_with = "aes256"
                set smime_self_encrypt = yes
                set postpone_encrypt_as = "%7$s"
                set smime_encrypt_command = "openssl cms -encrypt -aes256 -outform DER -in %%f %%c"
                set smime_decrypt_command = "openssl cms -decrypt -passin stdin -inform DER -in %%f -inkey %%k -recip %%c"
                set smime_sign_command = "openssl cms -sign -md sha256 -signer %%c -inkey %%k -passin stdin -in %%f -certfile %%i -outform DER"
                set smime_verify_command = "openssl cms -verify -inform DER -in %%s -content %%f %%C"
                set smime_verify_opaque_command = "openssl cms -verify -inform DER -in %%s %%C"
                set smime_get_cert_command = "openssl pkcs7 -print_certs -in %%f"
                set smime_get_signer_cert_command = "openssl cms -verify -in %%f -noverify -signer %%c -out /dev/null"
                set smime_get_cert_email_command = "openssl x509 -in %%f -noout -email"
                set smime_pk7out_command = "openssl cms -verify -in %%f -noverify -pk7out"
                """.formatted(
                        address,
                        at,
                        user,
                        host,
                        settings.path("imap").asInt(0),
                        settings.path("submission").asInt(0),
                        key);
    }
}
