import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** Shakes hands as a Kafka client does by the properties that it is given. */
public class Kafka {
    public static void main(String[] args) throws Exception {
        var properties = new Properties();
        try (var in = Files.newBufferedReader(Path.of(args[0]))) {
            properties.load(in);
        }
        if (!"SSL".equals(properties.getProperty("security.protocol"))) {
            throw new IllegalArgumentException("not over TLS");
        }
        var url = java.net.URI.create(args[1]);
        var socket = (SSLSocket) context(properties).getSocketFactory().createSocket(url.getHost(), url.getPort());
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS"); // ssl.endpoint.identification.algorithm, as it is from Kafka 2.0 on
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        System.out.println("connected");
    }

    private static SSLContext context(Properties properties) throws Exception {
        var file = properties.getProperty("ssl.truststore.location");
        if (file == null) {
            return SSLContext.getDefault();
        }
        var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        if (!"PEM".equals(properties.getProperty("ssl.truststore.type"))) {
            throw new IllegalArgumentException("no truststore in PEM");
        }
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("kafka" + trusted.size(), certificate);
            }
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        var tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        return tls;
    }
}
