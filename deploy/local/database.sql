-- Run once by the superuser on a new cluster. The database's owner is no superuser: row security
-- holds for it, as it must in production.
CREATE ROLE harken LOGIN PASSWORD 'harken';
CREATE DATABASE harken OWNER harken;
