// Says hello over WebSocket with whatever this node trusts, and prints the answer.
import WebSocket from 'ws';

const socket = new WebSocket(process.argv[2], { handshakeTimeout: 30000 });
socket.on('open', () => socket.send('hello from node'));
socket.on('message', (data) => {
  console.log(data.toString());
  socket.close();
});
socket.on('error', (error) => {
  console.error(error.code);
  process.exitCode = 1;
});
