# The npm package in an image: the first stage builds it, the second installs what it needs to run and nothing else.
FROM node:24.21.0-trixie-slim AS package
WORKDIR /source
COPY package.json package-lock.json ./
COPY prisma ./prisma
RUN npm ci
COPY . .
RUN npm pack --pack-destination /

FROM node:24.21.0-trixie-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=package /signalman-*.tgz /tmp/package/
RUN npm init --yes >/dev/null \
  && npm install --omit=dev --no-audit --no-fund /tmp/package/*.tgz \
  && npm cache clean --force \
  && rm -r /tmp/package \
  && mkdir /state && chown node /state
ENV PATH=/app/node_modules/.bin:$PATH \
  SIGNALMAN_STATE_DIR=/state
USER node
VOLUME /state
# signalman run trading, signalman migrate, ... : one image for every part
ENTRYPOINT ["signalman"]
CMD ["--help"]
