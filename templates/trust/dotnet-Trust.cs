using System.Linq;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

/// Trusts the certificates beside the program, and nobody else.
static class Trust
{
    static readonly X509Certificate2Collection Roots = new(new[]
    {
{{- range .Anchors}}
        new X509Certificate2("{{.Name}}.cer"),
{{- end}}
    });

    /// For HttpClientHandler.ServerCertificateCustomValidationCallback.
    public static bool Verify(object _, X509Certificate2? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        // A wrong name stays a fault, whoever signed.
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0)
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Roots);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (presented is not null)
            chain.ChainPolicy.ExtraStore.AddRange(
                new X509Certificate2Collection(presented.ChainElements.Select(e => e.Certificate).ToArray()));
        return chain.Build(certificate);
    }
}
