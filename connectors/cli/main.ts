process.stdout.write('rightstream\n');
