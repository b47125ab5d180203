<?php
// Fetches a URL as streams do, or as curl does, with whatever this PHP trusts, or with the
// certificates of a file if one is named, and prints what comes.
[, $way, $url] = $argv;
$file = $argv[3] ?? null;
if ($way === 'curl') {
    $handle = curl_init($url);
    if ($file) {
        curl_setopt($handle, CURLOPT_CAINFO, $file);
    }
    exit(curl_exec($handle) ? 0 : 1);
}
$text = file_get_contents($url, false, stream_context_create($file ? ['ssl' => ['cafile' => $file]] : []));
echo $text;
exit($text === false ? 1 : 0);
